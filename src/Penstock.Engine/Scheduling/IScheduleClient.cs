namespace Penstock.Engine.Scheduling;

/// <summary>What callers may do to schedules: the way in for endpoints and embedding programs.</summary>
public interface IScheduleClient
{
    /// <summary>Makes or changes a schedule.</summary>
    /// <exception cref="PenstockException">As <see cref="ScheduleRegistry.Check"/>.</exception>
    /// <exception cref="ScheduleDeclaredException">It is declared by the program.</exception>
    Task<(Schedule Schedule, bool IsNew)> SetAsync(ScheduleDefinition definition, CancellationToken cancellationToken);

    /// <summary>Removes a schedule; the jobs it made stay.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    /// <exception cref="ScheduleDeclaredException"/>
    Task RemoveAsync(string name, CancellationToken cancellationToken);

    /// <exception cref="ScheduleNotFoundException"/>
    Task<Schedule> PauseAsync(string name, string by, CancellationToken cancellationToken);

    /// <summary>Slots that passed during the pause do not run.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    Task<Schedule> ResumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes one job of it now, paused or not; its slots stay as they are.</summary>
    /// <exception cref="ScheduleNotFoundException"/>
    Task<Guid> RunNowAsync(string name, string by, CancellationToken cancellationToken);
}
