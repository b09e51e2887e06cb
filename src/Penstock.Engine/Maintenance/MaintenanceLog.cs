using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Maintenance;

internal static partial class MaintenanceLog
{
    [LoggerMessage(3001, LogLevel.Information, "Reaped {Count} stale job(s).")]
    public static partial void Reaped(this ILogger logger, int count);

    [LoggerMessage(3002, LogLevel.Information, "Reaper skipped live job. {JobId}")]
    public static partial void SkippedLive(this ILogger logger, Guid jobId);

    [LoggerMessage(3003, LogLevel.Error, "Reaper cycle failed")]
    public static partial void ReaperFailed(this ILogger logger, Exception error);

    [LoggerMessage(3004, LogLevel.Warning, "Workers died: {Workers}; {Requeued} units went back, {Failed} failed, {Quarantined} were quarantined")]
    public static partial void Recovered(this ILogger logger, string workers, int requeued, int failed, int quarantined);

    [LoggerMessage(3005, LogLevel.Error, "Recovery of dead workers failed; tried again at the next cycle")]
    public static partial void RecoveryFailed(this ILogger logger, Exception error);

    [LoggerMessage(3006, LogLevel.Information, "Retention removed {Count} finished jobs that ended before {Before:O}")]
    public static partial void Pruned(this ILogger logger, int count, DateTimeOffset before);

    [LoggerMessage(3007, LogLevel.Error, "Retention failed; tried again at the next cycle")]
    public static partial void RetentionFailed(this ILogger logger, Exception error);
}
