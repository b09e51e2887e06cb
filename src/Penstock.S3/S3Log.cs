using Microsoft.Extensions.Logging;

namespace Penstock.S3;

internal static partial class S3Log
{
    [LoggerMessage(3201, LogLevel.Warning, "Could not clean up {Key} in the S3 store; the sweep of artifacts will")]
    public static partial void LeftBehind(this ILogger logger, Exception error, string key);

    [LoggerMessage(3202, LogLevel.Warning, "The stored content {Sha256} was damaged ({Reason}); replaced it by what was just put")]
    public static partial void Repaired(this ILogger logger, string sha256, string reason);

    [LoggerMessage(3203, LogLevel.Information, "Content {Sha256} was swept away while a name for it was written; brought it back")]
    public static partial void Restored(this ILogger logger, string sha256);

    [LoggerMessage(3204, LogLevel.Information, "Reading {Key} broke off at byte {Position}; going on from there")]
    public static partial void Resumed(this ILogger logger, Exception error, string key, long position);
}
