using Penstock.Engine.Maintenance;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Faults;

/// <summary>Schedules and leases as one process sees them over a bad line; see <see cref="FaultInjectingStore"/>.</summary>
internal sealed class FaultInjectingSchedules(
    IScheduleStore inner, ILeadershipStore leases, IJobStore jobs, SimulatedProcess process, World world, TimeProvider time)
    : IScheduleStore, ILeadershipStore
{
    public Task<IReadOnlyList<Schedule>> ListAsync(CancellationToken cancellationToken) =>
        CallAsync("list schedules", () => inner.ListAsync(cancellationToken));

    public Task<Schedule?> FindAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("find schedule", () => inner.FindAsync(name, cancellationToken));

    // Asked every second by every scheduler: left out of the trace, and of the faults of writes.
    public Task<IReadOnlyList<string>> DueAsync(int limit, CancellationToken cancellationToken) => inner.DueAsync(limit, cancellationToken);

    public Task<ScheduleTick?> TickAsync(
        string name, Func<Schedule, DateTimeOffset, TickPlan> plan, CancellationToken cancellationToken) =>
        CallAsync(
            "tick",
            () => world.Mutant?.TicksApart == true ? TickApartAsync(name, plan, cancellationToken) : inner.TickAsync(name, plan, cancellationToken),
            tick => tick is null ? $"{name}: not due" : $"{name}: settled {tick.Plan.SettledSlot:HH:mm:ss}, {tick.Jobs.Count} jobs");

    public Task NoteErrorAsync(string name, string message, CancellationToken cancellationToken) =>
        CallAsync("note error", () => inner.NoteErrorAsync(name, message, cancellationToken));

    public Task<(Schedule Schedule, bool IsNew)> SetAsync(
        ScheduleDefinition definition, Func<DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken) =>
        CallAsync("set schedule", () => inner.SetAsync(definition, next, cancellationToken), set => $"{set.Schedule.Name} {set.Schedule.Definition.Cron}");

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        CallAsync("remove schedule", () => inner.RemoveAsync(name, cancellationToken));

    public Task<Schedule> PauseAsync(string name, string by, CancellationToken cancellationToken) =>
        CallAsync("pause schedule", () => inner.PauseAsync(name, by, cancellationToken), s => s.Name);

    public Task<Schedule> ResumeAsync(
        string name, Func<Schedule, DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken) =>
        CallAsync("resume schedule", () => inner.ResumeAsync(name, next, cancellationToken), s => $"{s.Name} next {s.NextAt:HH:mm:ss}");

    public Task<Guid> RunNowAsync(string name, Func<Schedule, DateTimeOffset, JobDraft> plan, CancellationToken cancellationToken) =>
        CallAsync("run schedule", () => inner.RunNowAsync(name, plan, cancellationToken), _ => name);

    public Task DeclareAsync(
        IReadOnlyList<ScheduleDefinition> definitions, Func<ScheduleDefinition, DateTimeOffset, DateTimeOffset?> next,
        CancellationToken cancellationToken) =>
        CallAsync("declare schedules", () => inner.DeclareAsync(definitions, next, cancellationToken));

    public Task<IReadOnlyList<string>> RetireAsync(IReadOnlyCollection<string> declared, CancellationToken cancellationToken) =>
        CallAsync("retire schedules", () => inner.RetireAsync(declared, cancellationToken));

    public Task<IReadOnlyList<ScheduleRun>> RunsAsync(string name, DateTimeOffset? before, int limit, CancellationToken cancellationToken) =>
        CallAsync("runs of schedule", () => inner.RunsAsync(name, before, limit, cancellationToken));

    public Task<bool> HoldAsync(string name, string holder, TimeSpan lease, CancellationToken cancellationToken) =>
        CallAsync("lead", () => leases.HoldAsync(name, holder, lease, cancellationToken), held => $"{held}");

    public Task GiveUpAsync(string name, string holder, CancellationToken cancellationToken) =>
        CallAsync("step down", () => leases.GiveUpAsync(name, holder, cancellationToken));

    Task<(string Holder, DateTimeOffset Until)?> ILeadershipStore.FindAsync(string name, CancellationToken cancellationToken) =>
        leases.FindAsync(name, cancellationToken);

    /// <summary>A mutant: looks, enqueues without a key, and moves the schedule on in a second transaction.</summary>
    private async Task<ScheduleTick?> TickApartAsync(
        string name, Func<Schedule, DateTimeOffset, TickPlan> plan, CancellationToken cancellationToken)
    {
        Schedule? schedule = await inner.FindAsync(name, cancellationToken);
        if (schedule?.NextAt is not { } next || next > time.GetUtcNow() || schedule.PausedAt is not null)
            return null;
        TickPlan planned = plan(schedule, time.GetUtcNow());
        await jobs.EnqueueAsync([.. planned.Jobs.Select(job => job with { IdempotencyKey = null })], cancellationToken);
        return await inner.TickAsync(name, (_, _) => planned with { Jobs = [] }, cancellationToken);
    }

    private Task CallAsync(string name, Func<Task> call) =>
        CallAsync(
            name,
            async () =>
            {
                await call();
                return true;
            });

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call, Func<T, string>? describe = null)
    {
        try
        {
            await world.Faults.BeforeCallAsync(process);
            T result = await call();
            if (world.Trace.IsOn)
                world.Trace.Write(process.Name, $"{name} {describe?.Invoke(result)}");
            await world.Faults.AfterCallAsync();
            return result;
        }
        catch (Exception error) when (world.Trace.IsOn)
        {
            world.Trace.Write(process.Name, $"{name} failed: {error.Message.Split('\n')[0]}");
            throw;
        }
    }
}
