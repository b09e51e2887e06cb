using Microsoft.Extensions.Logging;
using Penstock.Engine.Maintenance;

namespace Penstock.Engine.Scheduling;

/// <summary>Makes the jobs of due schedules. Any number of processes run it; the leader among them ticks.</summary>
/// <remarks>
/// Leadership saves work and nothing else: that a slot becomes one job is held by the tick's transaction, which finds the
/// schedule moved on if another process was there before, and by the job's idempotency key.
/// </remarks>
public sealed class Scheduler(
    IScheduleStore store, ScheduleRegistry registry, TickPlanner planner, Leadership leadership, TimeProvider time, ILogger<Scheduler> logger)
{
    /// <summary>The name of its lease.</summary>
    public const string LeadershipName = "scheduler";

    private const int SchedulesPerCycle = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>A schedule whose tick failed is left alone for this long: what is wrong with it does not mend in a second.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, long> _failed = new(StringComparer.Ordinal);
    private bool _retired;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    await RunCycleAsync(cancellationToken);
                }
                catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    logger.CycleFailed(error);
                }
                await Task.Delay(Interval, time, cancellationToken);
            }
        }
        finally
        {
            await StepDownAsync();
        }
    }

    /// <returns>Jobs made.</returns>
    public async Task<int> RunCycleAsync(CancellationToken cancellationToken)
    {
        // Here and not where schedules are declared: a process that only enqueues may declare none and must not retire any.
        if (!_retired)
        {
            foreach (string name in await store.RetireAsync([.. registry.Declared.Select(d => d.Name)], cancellationToken))
                logger.Retired(name);
            _retired = true;
        }
        List<string> due = [.. (await store.DueAsync(SchedulesPerCycle, cancellationToken)).Where(MayTry)];
        if (due.Count == 0 || !await leadership.HoldAsync(cancellationToken))
            return 0;
        int made = 0;
        foreach (string name in due)
            made += await TickAsync(name, cancellationToken);
        return made;
    }

    private async Task<int> TickAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            ScheduleTick? tick = await store.TickAsync(name, planner.Plan, cancellationToken);
            _failed.Remove(name);
            if (tick is null)
                return 0;
            if (tick.Plan.Dropped)
                logger.Dropped(name, tick.Before.NextAt, tick.Plan.SettledSlot, tick.Before.Definition.Misfire.ToText(), tick.Jobs.Count);
            logger.Fired(name, tick.Plan.SettledSlot, tick.Jobs.Count);
            return tick.Jobs.Count;
        }
        catch (PenstockException error) when (error.Kind is not (ErrorKind.Unavailable or ErrorKind.StorageFull))
        {
            // Of this schedule alone: its operation is gone, its zone unknown on this machine. The others go on.
            _failed[name] = time.GetTimestamp();
            logger.TickFailed(error, name);
            await store.NoteErrorAsync(name, error.Message, cancellationToken);
            return 0;
        }
    }

    private bool MayTry(string name) =>
        !_failed.TryGetValue(name, out long failedAt) || time.GetElapsedTime(failedAt) >= PauseAfterFailure;

    // So that another process ticks at once instead of after the lease.
    private async Task StepDownAsync()
    {
        try
        {
            await leadership.StepDownAsync(CancellationToken.None);
        }
        catch (Exception error)
        {
            logger.StepDownFailed(error);
        }
    }
}
