namespace Penstock.Engine.Scheduling;

internal sealed class ScheduleClient(IScheduleStore store, ScheduleRegistry registry, TickPlanner planner, IdGenerator ids) : IScheduleClient
{
    public Task<(Schedule Schedule, bool IsNew)> SetAsync(ScheduleDefinition definition, CancellationToken cancellationToken)
    {
        registry.Check(definition);
        return store.SetAsync(definition, after => NextSlot(definition, after), cancellationToken);
    }

    public Task RemoveAsync(string name, CancellationToken cancellationToken) => store.RemoveAsync(name, cancellationToken);

    public Task<Schedule> PauseAsync(string name, string by, CancellationToken cancellationToken) =>
        store.PauseAsync(name, by, cancellationToken);

    public Task<Schedule> ResumeAsync(string name, CancellationToken cancellationToken) =>
        store.ResumeAsync(name, (schedule, after) => NextSlot(schedule.Definition, after), cancellationToken);

    public Task<Guid> RunNowAsync(string name, string by, CancellationToken cancellationToken) => store.RunNowAsync(
        name, (schedule, now) => planner.PlanByHand(schedule.Definition, ids.NewId(), now, by), cancellationToken);

    /// <exception cref="CronInvalidException"/>
    /// <exception cref="TimeZoneUnknownException"/>
    internal static DateTimeOffset? NextSlot(ScheduleDefinition definition, DateTimeOffset after) =>
        CronExpression.Parse(definition.Cron).NextAfter(after, TimeZones.Find(definition.TimeZone));
}
