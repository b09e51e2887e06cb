using Penstock.Engine;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Protection;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Invariants;
using Penstock.Simulation.Mutants;
using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;
using Penstock.Sql.Controls;
using Penstock.Sqlite;
using Penstock.Testing;

namespace Penstock.Simulation;

/// <summary>Everything one seed has: time, processes, the store, the faults, and what was found wrong.</summary>
internal sealed class World : IAsyncDisposable
{
    public const int MaxDeaths = 3;
    public const string DeclaredName = "declared";
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly Random _random;
    private readonly SqliteDatabase _database;
    private readonly Mutant? _mutant;
    private int _hosts;
    private TaskCompletionSource<string> _nextSignalMissed = new();
    private int _schedulers;

    public World(int seed, Mutant? mutant, TraceMode traceMode)
    {
        _random = new Random(seed);
        _mutant = mutant;
        Time = new ManualTimeProvider(Start);
        Trace = new Trace(Time, traceMode);
        Scheduler = new SeededScheduler(NewRandom(), Time);
        Faults = new FaultPlan(NewRandom(), Time);
        WakeUps = new FaultInjectingWakeUps(Faults, Time);
        Executions = new ExecutionWatch(this);
        Watch = new StoreWatch(this);
        Random nonces = NewRandom();
        PayloadProtector protector = new(new PayloadKeyRing($"sim:{Convert.ToBase64String(new byte[PayloadKey.SecretBytes])}", null), nonces.NextBytes);
        Protector = mutant?.Sealing is { } forgets ? new ForgetfulProtector(protector, forgets) : protector;
        // Some seeds reap after seconds; in the others no job runs long enough.
        Reaping = _random.Next(3) == 0
            ? new ReaperOptions { MainTimeoutSeconds = _random.Next(15, 40), StallSeconds = _random.Next(5, 15), IntervalSeconds = 5 }
            : new ReaperOptions { IntervalSeconds = 30 };

        DeclaredSchedules = [ScheduleOperator.Make(DeclaredName, NewRandom())];
        DatabaseProcess = NewProcess("database");
        SynchronizationContext.SetSynchronizationContext(DatabaseProcess);
        _database = new SqliteDatabase(new SqliteOptions(":memory:") { CacheKib = 1_024 });
        SynchronizationContext.SetSynchronizationContext(null);
    }

    public ManualTimeProvider Time { get; }
    public Trace Trace { get; }
    public SeededScheduler Scheduler { get; }
    public FaultPlan Faults { get; }
    public FaultInjectingWakeUps WakeUps { get; }
    public ExecutionWatch Executions { get; }
    public IPayloadProtector Protector { get; }
    public StoreWatch Watch { get; }
    public ReaperOptions Reaping { get; }
    public WorkerLeaseOptions Leases { get; } = new() { MaxDeaths = MaxDeaths, Lease = Lease };
    public SimulatedProcess DatabaseProcess { get; }
    public List<SimulatedProcess> Processes { get; } = [];
    public List<WorkerNode> Workers { get; } = [];

    /// <summary>Those that live; none in seeds without schedules.</summary>
    public List<SchedulerNode> Schedulers { get; } = [];

    /// <summary>What the simulated program declares.</summary>
    public IReadOnlyList<ScheduleDefinition> DeclaredSchedules { get; }
    public Violation? Violation { get; private set; }
    public TimeSpan ReaperTimeout => TimeSpan.FromSeconds(Reaping.MainTimeoutSeconds);
    public TimeSpan ReaperStall => TimeSpan.FromSeconds(Reaping.StallSeconds);

    /// <summary>Jobs whose enqueue was acknowledged.</summary>
    public HashSet<Guid> Accepted { get; } = [];

    /// <summary>Jobs someone asked to delete, whatever the answer was.</summary>
    public HashSet<Guid> MayVanish { get; } = [];

    /// <summary>Jobs whose cause of failure an operator removed.</summary>
    public HashSet<Guid> Healed { get; } = [];

    /// <summary>Ends with the name of the next signal that a job has looked for in vain, before the job waits for it.</summary>
    public Task<string> NextSignalMissed => _nextSignalMissed.Task;

    /// <summary>Retention may delete now.</summary>
    public bool Prunes { get; set; }

    /// <summary>A worker that dies is replaced.</summary>
    public bool Supervises { get; set; } = true;

    public Mutant? Mutant => _mutant;

    /// <summary>The operator deleted a job that may have been some batch's continuation.</summary>
    public bool StepVanished { get; set; }

    /// <summary>The store itself, unwatched and unchanged.</summary>
    public SqliteDatabase RawDatabase => _database;

    /// <summary>A job has looked for a signal in vain; it is about to wait.</summary>
    public void MissedSignal(string name)
    {
        TaskCompletionSource<string> told = _nextSignalMissed;
        _nextSignalMissed = new TaskCompletionSource<string>();
        told.SetResult(name);
    }

    public Random NewRandom() => new(_random.Next());

    public IdGenerator NewIds() => new(Time, NewRandom());

    public SimulatedProcess NewProcess(string name)
    {
        // Two hosts: a neighbour on the same one sees at once that a process is gone.
        SimulatedProcess process = new(Scheduler, Processes.Count + 1, name, $"host-{_hosts++ % 2}");
        Processes.Add(process);
        return process;
    }

    public WatchedDatabase DatabaseFor(SimulatedProcess process) => new(_database, process, Faults, Watch, _mutant);

    public FaultInjectingStore StoreFor(SimulatedProcess process) =>
        new(new Sql.Jobs.SqlJobStore(DatabaseFor(process), WakeUps, Time, NewIds()), process, this);

    public QueueControl ControlFor(SimulatedProcess process) => new(ControlStoreFor(process), Time);

    public FaultInjectingControls ControlStoreFor(SimulatedProcess process) =>
        new(new SqlControlStore(DatabaseFor(process), WakeUps, Time, NewIds()), process, this);

    public IJobClient ClientFor(FaultInjectingStore store) =>
        new JobClient(store, new JobDrafting(SimulatedOperations.ClientRegistry, Protector, Time, NewIds()), WakeUps);

    /// <param name="queues">Empty: all of them.</param>
    public WorkerNode NewWorker(IEnumerable<string> queues)
    {
        SimulatedProcess process = NewProcess($"worker-{Workers.Count + 1}");
        WorkerOptions options = new()
        {
            Slots = _random.Next(1, 5),
            PrefetchMax = _random.Next(3) switch { 0 => 0, 1 => 4, _ => 100 },
            PollInterval = _mutant?.HardlyPolls == true ? TimeSpan.FromSeconds(60) : TimeSpan.FromSeconds(1),
            ShutdownGrace = TimeSpan.FromSeconds(_random.Next(1, 30)),
        };
        foreach (string queue in queues)
            options.Queues.Add(queue);
        WorkerNode node = new(this, process, options);
        Workers.Add(node);
        node.Start();
        return node;
    }

    public void NewScheduler()
    {
        SchedulerNode node = new(this, NewProcess($"scheduler-{++_schedulers}"));
        Schedulers.Add(node);
        node.Start();
    }

    /// <summary>kill -9; a supervisor starts another worker in its place.</summary>
    public void Kill(SimulatedProcess process)
    {
        if (!process.IsAlive)
            return;
        Trace.Write(process.Name, "is killed");
        Faults.Count(FaultKind.Death);
        Scheduler.Kill(process);
        if (Supervises)
            _ = DatabaseProcess.Start(ReplaceAsync);
    }

    /// <summary>The first violation stands.</summary>
    public void Fail(string invariant, string what)
    {
        if (Violation is not null)
            return;
        Violation = new Violation(invariant, what);
        Trace.Write("VIOLATION", $"{invariant}: {what}");
    }

    public async ValueTask DisposeAsync()
    {
        Workers.ForEach(w => w.Dispose());
        Schedulers.ForEach(s => s.Dispose());
        await _database.DisposeAsync();
    }

    /// <summary>A worker ended because it was asked to; its process ends with it.</summary>
    public void Ended(SimulatedProcess process)
    {
        Trace.Write(process.Name, "has drained as it was asked");
        if (!Supervises)
            return;
        Scheduler.Kill(process);
        _ = DatabaseProcess.Start(ReplaceAsync);
    }

    private async Task ReplaceAsync()
    {
        await Task.Delay(TimeSpan.FromSeconds(_random.Next(1, 6)), Time);
        if (Supervises)
            NewWorker([]);
    }
}
