using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Scheduling;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Scheduling;
using Penstock.Sql.Jobs;
using Penstock.Sql.Maintenance;
using Penstock.Sql.Scheduling;

namespace Penstock.Simulation.Workload;

/// <summary>One process that ticks schedules, with a clock of its own.</summary>
internal sealed class SchedulerNode : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly World _world;
    private readonly ScheduleRegistry _registry;
    private readonly FaultInjectingSchedules _store;
    private readonly Scheduler _scheduler;

    public SchedulerNode(World world, SimulatedProcess process)
    {
        (_world, Process) = (world, process);
        SkewedTime time = new(world.Time, process);
        JobDrafting drafting = new(SimulatedOperations.Registry, world.Protector, time, world.NewIds());
        _registry = new ScheduleRegistry(world.DeclaredSchedules, drafting, SimulatedOperations.Registry);
        TickPlanner planner = new(drafting);
        _store = StoreFor(world, process, time);
        Client = new ScheduleClient(_store, _registry, planner, world.NewIds());
        _scheduler = new Scheduler(
            _store, _registry, planner, new Leadership(_store, Scheduler.LeadershipName, process.Name, time), time,
            new TracedLogger<Scheduler>(process, world.Trace));
    }

    public SimulatedProcess Process { get; }

    /// <summary>For people who act on schedules through this process, by its clock.</summary>
    public IScheduleClient Client { get; }
    public Task Running { get; private set; } = Task.CompletedTask;

    public void Start() => Running = Process.Start(
        async () =>
        {
            await DeclareAsync();
            try
            {
                await _scheduler.RunAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // Ends by cancellation.
            }
            catch (Exception error)
            {
                _world.Fail("I12", $"{Process.Name} crashed: {error}");
            }
        });

    public void Stop() => Process.Post(_ => _stop.Cancel(), null);

    public void Dispose() => _stop.Dispose();

    // What a program does before it starts anything; one that cannot is started again.
    private async Task DeclareAsync()
    {
        while (true)
        {
            try
            {
                await _store.DeclareAsync(_registry.Declared, ScheduleClient.NextSlot, CancellationToken.None);
                return;
            }
            catch (InjectedFaultException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _world.Time);
            }
        }
    }

    private static FaultInjectingSchedules StoreFor(World world, SimulatedProcess process, TimeProvider time)
    {
        WatchedDatabase database = world.DatabaseFor(process);
        IdGenerator ids = world.NewIds();
        return new FaultInjectingSchedules(
            new SqlScheduleStore(database, world.WakeUps, time, ids), new SqlLeadershipStore(database, time),
            new SqlJobStore(database, world.WakeUps, time, ids), process, world, time);
    }
}
