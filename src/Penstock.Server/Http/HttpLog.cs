using Microsoft.Extensions.Logging;

namespace Penstock.Server.Http;

internal static partial class HttpLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Method} {Path} failed with an unforeseen error; answered 500, trace id {TraceId}")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string method, string path, string? traceId);

    [LoggerMessage(5002, LogLevel.Warning, "{Method} {Path} could not be served ({Code})")]
    public static partial void RequestUnserved(this ILogger logger, Exception error, string method, string path, string code);

    [LoggerMessage(5003, LogLevel.Debug, "{Method} {Path} was refused with {Status} {Code}")]
    public static partial void RequestRefused(this ILogger logger, string method, string path, int status, string code);
}
