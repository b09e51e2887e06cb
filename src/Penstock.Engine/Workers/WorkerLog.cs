using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Workers;

internal static partial class WorkerLog
{
    [LoggerMessage(2001, LogLevel.Information, "Worker {WorkerId} started: {Slots} slots for {Queues}")]
    public static partial void Started(this ILogger logger, string workerId, int slots, string queues);

    [LoggerMessage(2002, LogLevel.Information, "Worker {WorkerId} stopped; {Finished} units ended here")]
    public static partial void Stopped(this ILogger logger, string workerId, long finished);

    [LoggerMessage(2003, LogLevel.Warning, "Worker {WorkerId} was taken for dead; stopped its {Units} units and registers anew")]
    public static partial void TakenForDead(this ILogger logger, string workerId, int units);

    [LoggerMessage(2004, LogLevel.Warning, "Lost the lease on {Unit} attempt {Attempt}; stopped its work")]
    public static partial void LeaseLost(this ILogger logger, string unit, int attempt);

    [LoggerMessage(2005, LogLevel.Warning, "Attempt {Attempt} of {Unit} ({Operation}) failed: {ErrorCode}; tries again at {RetryAt:O}")]
    public static partial void AttemptFailed(
        this ILogger logger, Exception? error, string unit, int attempt, string operation, string errorCode, DateTimeOffset retryAt);

    [LoggerMessage(2006, LogLevel.Error, "{Unit} ({Operation}) failed for good at attempt {Attempt}: {ErrorCode}; it is a dead letter now")]
    public static partial void FailedForGood(
        this ILogger logger, Exception? error, string unit, string operation, int attempt, string errorCode);

    [LoggerMessage(2007, LogLevel.Error, "The store did not answer; {Completions} completions wait and are tried again")]
    public static partial void StoreFailed(this ILogger logger, Exception error, int completions);

    [LoggerMessage(2008, LogLevel.Error, "No heartbeat went through for {SilentSeconds:F1} s; stopped {Units} units, whose leases are in doubt")]
    public static partial void LeaseInDoubt(this ILogger logger, double silentSeconds, int units);

    [LoggerMessage(2009, LogLevel.Information, "Worker {WorkerId} drains: {Running} units finish, {Waiting} go back to their queues")]
    public static partial void Draining(this ILogger logger, string workerId, int running, int waiting);

    [LoggerMessage(2011, LogLevel.Information, "Remote worker {WorkerId} ended; {Units} units it held go back to their queues")]
    public static partial void Retired(this ILogger logger, string workerId, int units);

    [LoggerMessage(2010, LogLevel.Warning, "What {Unit} does on cancellation failed; its token is cancelled all the same")]
    public static partial void StopFailed(this ILogger logger, Exception error, string unit);
}
