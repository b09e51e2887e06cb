using Penstock.Engine.Storage;

namespace Penstock.Engine.Scheduling;

/// <summary>Where schedules live. Every method is one transaction.</summary>
public interface IScheduleStore
{
    /// <summary>By name.</summary>
    Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken);
    Task<Schedule?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Names of schedules that are due and not paused, longest due first.</summary>
    Task<IReadOnlyList<string>> DueAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Settles the due slots of one schedule: makes the plan's jobs and moves the schedule on, both or neither.</summary>
    /// <param name="plan">Called with the schedule as it stands and the instant of the write; only if it is due and not paused.</param>
    /// <returns>Null: it was not due (any more), paused, or gone.</returns>
    Task<ScheduleTick?> TickAsync(string name, Func<Schedule, DateTimeOffset, TickPlan> plan, CancellationToken cancellationToken);

    /// <summary>Notes why a tick failed, for people; does not move the schedule.</summary>
    Task NoteErrorAsync(string name, string message, CancellationToken cancellationToken);

    /// <summary>Makes or changes a schedule over the API. A change of its times starts anew after <paramref name="next"/>.</summary>
    /// <param name="next">The first slot after an instant: after now, and after the newest slot settled.</param>
    /// <exception cref="ScheduleDeclaredException"/>
    Task<(Schedule Schedule, bool IsNew)> SetAsync(
        ScheduleDefinition definition, Func<DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken);

    /// <exception cref="ScheduleNotFoundException"/>
    /// <exception cref="ScheduleDeclaredException">Unless it is no longer declared.</exception>
    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <summary>Stops a schedule from making jobs; one that is paused keeps who paused it first.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    Task<Schedule> PauseAsync(string name, string by, CancellationToken cancellationToken);

    /// <summary>Slots that passed during the pause are gone: the next is the first after now.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    Task<Schedule> ResumeAsync(string name, Func<Schedule, DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken);

    /// <summary>Makes one job now, paused or not; the slots stay as they are.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    Task<Guid> RunNowAsync(string name, Func<Schedule, DateTimeOffset, JobDraft> plan, CancellationToken cancellationToken);

    /// <summary>Makes the program's schedules exist as declared. Unchanged times keep their next slot; pauses by people stay.</summary>
    Task DeclareAsync(
        IReadOnlyList<ScheduleDefinition> definitions, Func<ScheduleDefinition, DateTimeOffset, DateTimeOffset?> next,
        CancellationToken cancellationToken);

    /// <summary>Pauses declared schedules that are not among the names any more.</summary>
    /// <returns>Those paused now.</returns>
    Task<IReadOnlyList<string>> RetireAsync(IReadOnlyCollection<string> declared, CancellationToken cancellationToken);

    /// <summary>The jobs a schedule made, newest slot first.</summary>
    /// <param name="before">Only slots before this one.</param>
    Task<IReadOnlyList<ScheduleRun>> RunsAsync(string name, DateTimeOffset? before, int limit, CancellationToken cancellationToken);
}

/// <summary>What a tick did.</summary>
/// <param name="Jobs">Made now; a slot whose job was there already is not among them.</param>
public sealed record ScheduleTick(Schedule Before, TickPlan Plan, IReadOnlyList<Guid> Jobs);
