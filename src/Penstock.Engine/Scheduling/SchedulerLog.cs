using Microsoft.Extensions.Logging;

namespace Penstock.Engine.Scheduling;

internal static partial class SchedulerLog
{
    [LoggerMessage(3101, LogLevel.Debug, "Schedule {Name} settled its slot {Slot:O}; {Jobs} jobs")]
    public static partial void Fired(this ILogger logger, string name, DateTimeOffset slot, int jobs);

    [LoggerMessage(3102, LogLevel.Warning, "Schedule {Name} was behind: slots from {First:O} to {Last:O} came down to {Jobs} jobs by its misfire policy {Policy}")]
    public static partial void Dropped(this ILogger logger, string name, DateTimeOffset? first, DateTimeOffset last, string policy, int jobs);

    [LoggerMessage(3103, LogLevel.Error, "Schedule {Name} is due and cannot make its job; tried again in a minute")]
    public static partial void TickFailed(this ILogger logger, Exception error, string name);

    [LoggerMessage(3104, LogLevel.Error, "Scheduler cycle failed; tried again at the next")]
    public static partial void CycleFailed(this ILogger logger, Exception error);

    [LoggerMessage(3105, LogLevel.Warning, "Schedule {Name} is no longer declared: paused")]
    public static partial void Retired(this ILogger logger, string name);

    [LoggerMessage(3106, LogLevel.Warning, "Could not give up the scheduler's lease; another process takes over when it runs out")]
    public static partial void StepDownFailed(this ILogger logger, Exception error);
}
