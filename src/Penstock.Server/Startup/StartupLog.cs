using Microsoft.Extensions.Logging;

namespace Penstock.Server.Startup;

internal static partial class StartupLog
{
    [LoggerMessage(5101, LogLevel.Information, "Starting in workspace {Folder}; runs jobs: {RunsJobs}")]
    public static partial void Starting(this ILogger logger, string folder, bool runsJobs);

    [LoggerMessage(5102, LogLevel.Information, "Stopping: running work may finish, the rest goes back to its queues")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(5103, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(this ILogger logger, string warning);

    // The words that operators grep for.
    [LoggerMessage(5104, LogLevel.Information, "StaleJobReaper started. timeout={TimeoutSeconds}s")]
    public static partial void ReaperStarted(this ILogger logger, long timeoutSeconds);
}
