using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Exec;

internal static partial class ExecLog
{
    [LoggerMessage(2101, LogLevel.Warning, "Ended {Processes} processes of group {Group}, left behind by worker {WorkerId}")]
    public static partial void LeftoversKilled(this ILogger logger, int processes, int group, string workerId);

    [LoggerMessage(2102, LogLevel.Information, "Asked the program of job {JobId} attempt {Attempt} to stop; it has {GraceSeconds:F1} s")]
    public static partial void Stopping(this ILogger logger, Guid jobId, int attempt, double graceSeconds);

    [LoggerMessage(2103, LogLevel.Warning, "The program of job {JobId} attempt {Attempt} did not stop in time; killed {Processes} processes")]
    public static partial void Killed(this ILogger logger, Guid jobId, int attempt, int processes);

    [LoggerMessage(2104, LogLevel.Warning, "The program of job {JobId} attempt {Attempt} ended and left {Processes} processes behind; killed them")]
    public static partial void Abandoned(this ILogger logger, Guid jobId, int attempt, int processes);
}
