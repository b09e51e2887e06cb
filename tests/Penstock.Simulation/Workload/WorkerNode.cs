using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Exec;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Scheduling;
using Penstock.Sql.Jobs;

namespace Penstock.Simulation.Workload;

/// <summary>One process with the real engine in it: worker, reaper, recovery, retention.</summary>
internal sealed class WorkerNode : IDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly CancellationTokenSource _releaseNow = new();
    private readonly Worker _worker;
    private readonly Reaper _reaper;
    private readonly Recovery _recovery;
    private readonly Retention _retention;

    public WorkerNode(World world, SimulatedProcess process, WorkerOptions options)
    {
        World = world;
        Process = process;
        IdGenerator ids = world.NewIds();
        WatchedDatabase database = world.DatabaseFor(process);
        FaultInjectingStore store = new(new SqlJobStore(database, world.WakeUps, world.Time, ids), process, world);
        SqlJobReader reader = new(database, world.Time, world.Leases);
        JobDrafting drafting = new(SimulatedOperations.Registry, world.Protector, world.Time, ids);
        Client = new JobClient(store, drafting, world.WakeUps);
        UnitExecutor executor = new(
            SimulatedOperations.For(this), SimulatedOperations.Registry, drafting, new UnitSeals(SimulatedOperations.Registry, world.Protector), store, world.Time, world.NewRandom(),
            new TracedLogger<UnitExecutor>(process, world.Trace));
        WorkerIdentity identity = new(ids, process.Host, process.ProcessId, world.Time.GetUtcNow());
        _worker = new Worker(
            store, world.WakeUps, executor, SimulatedOperations.Registry, options, world.Leases, identity, world.Time,
            new TracedLogger<Worker>(process, world.Trace));
        _reaper = new Reaper(store, world.Reaping, world.Time, new TracedLogger<Reaper>(process, world.Trace));
        _recovery = new Recovery(
            store, reader, world.Leases, new SimulatedProcessList(world, process.Host),
            // No folder: simulated operations start no programs, and those of this machine are none of the simulation's business.
            new RunRecords(new ExecOptions { RunFolder = "" }, new TracedLogger<RunRecords>(process, world.Trace)), world.Time,
            new TracedLogger<Recovery>(process, world.Trace));
        _retention = new Retention(store, new RetentionOptions(), world.Time, new TracedLogger<Retention>(process, world.Trace));
    }

    public World World { get; }
    public SimulatedProcess Process { get; }
    public IJobClient Client { get; }
    public bool IsDraining => _drain.IsCancellationRequested;

    /// <summary>Ends when the worker has drained; never, if the process is killed.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public void Start() => Running = Process.Start(
        async () =>
        {
            Task chores = Task.WhenAll(
                _reaper.RunAsync(_drain.Token), _recovery.RunAsync(_drain.Token), _retention.RunAsync(_drain.Token));
            try
            {
                await _worker.RunAsync(_drain.Token, _releaseNow.Token);
                if (!_drain.IsCancellationRequested)
                {
                    _drain.Cancel(); // A process that only works ends when its worker was drained.
                    World.Ended(Process);
                }
                await chores;
            }
            catch (OperationCanceledException) when (_drain.IsCancellationRequested && chores.IsCompleted)
            {
                // Chores end by cancellation.
            }
            catch (Exception error)
            {
                World.Fail("I11", $"{Process.Name} crashed: {error}");
            }
        });

    /// <summary>What SIGTERM does.</summary>
    public void Drain() => Process.Post(_ => _drain.Cancel(), null);

    /// <summary>What an operator does, who asks again where a worker was taken for dead meanwhile and has come back under another name.</summary>
    public Task AskToDrainAsync() => Process.Start(
        async () =>
        {
            SqlJobReader reader = new(World.RawDatabase, World.Time, World.Leases);
            while (!Running.IsCompleted)
            {
                foreach (WorkerState worker in await reader.WorkersAsync(CancellationToken.None))
                {
                    if (worker.ProcessId == Process.ProcessId && worker.State == "running")
                        await World.ControlStoreFor(Process).DrainWorkerAsync(worker.Id, "operator", CancellationToken.None);
                }
                await Task.Delay(TimeSpan.FromSeconds(10), World.Time);
            }
        });

    /// <summary>What a second SIGTERM does.</summary>
    public void ReleaseNow() => Process.Post(_ => _releaseNow.Cancel(), null);

    public void Dispose()
    {
        _drain.Dispose();
        _releaseNow.Dispose();
    }

    public IDisposable Begin(string unit, Guid jobId, int attempt, CancellationToken token, out Execution execution) =>
        World.Executions.Begin(unit, jobId, attempt, Process, token, out execution);

    private sealed class SimulatedProcessList(World world, string host) : IProcessList
    {
        public string Host => host;

        public bool IsAlive(int processId, DateTimeOffset registeredAt) =>
            world.Processes.Any(p => p.ProcessId == processId && p.IsAlive);
    }
}
