using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Penstock.Testing.Servers;

namespace Penstock.Chaos;

/// <summary>Enqueues, cancels and kills for a while; then lets everything end, and has it checked.</summary>
/// <param name="store">Of the worker processes, as <see cref="ChaosServices.BuildAsync"/> takes it.</param>
/// <param name="faults">Null: the store and the way to it are left alone.</param>
internal sealed class Experiment(Arguments arguments, string folder, string store, Faults? faults, string wiredStore, IServiceProvider services)
{
    private const int BlockMax = 500;

    /// <summary>How much of all slots the jobs keep busy: enough that a kill nearly always cuts some off.</summary>
    private const double Busy = 0.5;

    /// <summary>How much of its own time a limited queue has work.</summary>
    private const double BusyLimited = 0.3;

    /// <summary>More often than a job may fail: it fails for good.</summary>
    private const int AlwaysFails = 1_000;

    private static readonly TimeSpan BlockInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettleTimeMax = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(arguments.Seed);
    private readonly IJobClient _client = services.GetRequiredService<IJobClient>();
    private readonly IJobReader _reader = services.GetRequiredService<IJobReader>();
    private readonly IdGenerator _ids = services.GetRequiredService<IdGenerator>();
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<WorkerProcess> _gone = [];
    private readonly Dictionary<Guid, Plan> _plans = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _started;
    private int _kills;
    private int _busy;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        string folder = Directory.CreateTempSubdirectory("penstock-chaos-").FullName;
        try
        {
            using FileLog log = new(Path.Combine(folder, "experiment.log"));
            using PostgresServer? server = arguments.OnPostgres ? new PostgresServer(durable: true) : null;
            string store = server?.NewStore() ?? "";
            using TcpRelay? wire = server is null ? null : new TcpRelay(new Uri($"http://127.0.0.1:{server.Port}"));
            string wiredStore = wire is null ? "" : new NpgsqlConnectionStringBuilder(store) { Port = wire.Address.Port }.ConnectionString;
            Faults? faults = server is null ? null : new Faults(server, store, wire!, TimeSpan.FromSeconds(arguments.LeaseSeconds));
            await using ServiceProvider services = await ChaosServices.BuildAsync(folder, store, 1, arguments.LeaseSeconds, log);
            Experiment experiment = new(arguments, folder, store, faults, wiredStore, services);
            return await experiment.RunAsync();
        }
        finally
        {
            if (arguments.Keep)
                Console.WriteLine($"kept {folder}");
            else
                Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<int> RunAsync()
    {
        Console.WriteLine(
            $"{arguments.Workers} workers of {arguments.Slots} slots, {arguments.Jobs} jobs in {arguments.Minutes:0.##} min, " +
            $"{arguments.Failures:P1} fail, {arguments.Cancellations:P1} are cancelled, {arguments.KillsPerMinute:0.#} kills a minute, seed {arguments.Seed}, " +
            $"{(arguments.OnPostgres ? "PostgreSQL" : "SQLite")}, lease {arguments.LeaseSeconds} s");
        try
        {
            for (int i = 0; i < arguments.Workers; i++)
                _workers.Add(StartWorker(wired: i == arguments.Workers - 1));
            Task reports = ReportAsync();
            Throughput throughput = new(_reader);
            using CancellationTokenSource end = new();
            Task watching = throughput.WatchAsync(() => _clock.Elapsed, end.Token);
            Task troubles = BringFaultsAsync();
            await DisturbAsync();
            await troubles;
            await end.CancelAsync();
            await watching;
            bool settled = await SettleAsync();
            bool drained = await DrainAsync();
            await reports;
            Verdict verdict = new(folder, _plans, [.. _gone], _kills, _clock.Elapsed);
            if (faults is not null)
                verdict.Check("after each fault 95 % of the throughput is back within 10 s", throughput.Judge(faults.Done));
            return await verdict.TellAsync(services, settled, drained);
        }
        finally
        {
            foreach (WorkerProcess worker in _workers.Concat(_gone))
                worker.Dispose();
        }
    }

    private WorkerProcess StartWorker(bool wired = false) =>
        WorkerProcess.Start(folder, ++_started, arguments.Slots, arguments.LeaseSeconds, wired ? wiredStore : store);

    /// <summary>One after another, evenly spread over the time; the last worker is the one that suffers alone.</summary>
    private async Task BringFaultsAsync()
    {
        for (int i = 0; i < arguments.Faults.Count; i++)
        {
            TimeSpan at = arguments.Duration * (i + 0.5) / arguments.Faults.Count;
            if (at > _clock.Elapsed)
                await Task.Delay(at - _clock.Elapsed, TimeProvider.System);
            await faults!.BringAsync(arguments.Faults[i], _workers[^1], () => _clock.Elapsed);
        }
    }

    /// <summary>Enqueues at an even pace, cancels some of what it enqueued, and kills at random moments.</summary>
    private async Task DisturbAsync()
    {
        TimeSpan nextKill = NextKill();
        while (_plans.Count < arguments.Jobs)
        {
            double share = Math.Min(_clock.Elapsed / arguments.Duration, 1);
            int due = Math.Min((int)(arguments.Jobs * share) - _plans.Count, BlockMax);
            if (due > 0)
                await EnqueueAsync(due);
            await CancelSomeAsync(Math.Max(due, 0));
            if (_clock.Elapsed >= nextKill)
            {
                await KillOneAsync();
                nextKill = NextKill();
            }
            if (due < BlockMax)
                await Task.Delay(BlockInterval, TimeProvider.System);
        }
    }

    private TimeSpan NextKill() => arguments.KillsPerMinute == 0
        ? TimeSpan.MaxValue
        : _clock.Elapsed + TimeSpan.FromMinutes(-Math.Log(1 - _random.NextDouble()) / arguments.KillsPerMinute);

    private async Task EnqueueAsync(int count)
    {
        List<NewJob> jobs = new(count);
        List<Plan> plans = new(count);
        for (int i = 0; i < count; i++)
        {
            Plan plan = PlanJob(_plans.Count + i);
            plans.Add(plan);
            jobs.Add(new NewJob(ChaosOperation.Name, plan.Payload) { Id = _ids.NewId(), QueueName = plan.Queue, Resources = plan.Needs is { } resource ? new Dictionary<string, int> { [resource] = 1 } : null });
        }
        IReadOnlyList<EnqueueResult> results = await PatientlyAsync(() => _client.EnqueueManyAsync(jobs, CancellationToken.None));
        for (int i = 0; i < count; i++)
            _plans[results[i].JobId] = plans[i];
    }

    /// <summary>Asks again when the store was busy or away; the ids are given, so that asking twice makes one job.</summary>
    private async Task<T> PatientlyAsync<T>(Func<Task<T>> call)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (PenstockException error) when (error.Kind == ErrorKind.Unavailable)
            {
                _busy++;
                await Task.Delay(BlockInterval, TimeProvider.System);
            }
        }
    }

    private Plan PlanJob(int number)
    {
        double fate = _random.NextDouble();
        int failures = fate < arguments.Failures / 2 ? AlwaysFails : fate < arguments.Failures * 3 / 2 ? 1 : 0;
        int slots = arguments.Workers * arguments.Slots;
        int meanMilliseconds = (int)Math.Min(Busy * slots * arguments.Duration.TotalMilliseconds / arguments.Jobs, 2_000);
        string? limit = LimitFor(slots);
        bool limitsQueue = limit is not null && ChaosServices.LimitedQueues.ContainsKey(limit);
        return new Plan(number, limitsQueue ? limit! : ChaosServices.FreeQueue, _random.Next(2 * meanMilliseconds + 1), failures)
        {
            Needs = limitsQueue ? null : limit,
        };
    }

    /// <summary>A limited queue or a resource for some jobs, so that each is busy the same part of its time; null for the others.</summary>
    private string? LimitFor(int slots)
    {
        double place = _random.NextDouble();
        foreach ((string name, int max) in ChaosServices.LimitedQueues.Concat(ChaosServices.Resources))
        {
            place -= max * BusyLimited / (Busy * slots);
            if (place < 0)
                return name;
        }
        return null;
    }

    private async Task CancelSomeAsync(int enqueued)
    {
        for (int i = 0; i < enqueued; i++)
        {
            if (_random.NextDouble() >= arguments.Cancellations)
                continue;
            // Of the last ones, so that it finds some waiting, some running and some ended.
            Guid id = _plans.Keys.ElementAt(Math.Max(_plans.Count - 1 - _random.Next(200), 0));
            _plans[id] = _plans[id] with { CancelledAt = _plans[id].CancelledAt ?? TimeProvider.System.GetTimestamp() };
            await PatientlyAsync(() => _client.CancelAsync(id, "chaos", CancellationToken.None));
        }
    }

    private async Task KillOneAsync()
    {
        // The last one has its own troubles.
        int victim = _random.Next(arguments.Faults.Count > 0 ? _workers.Count - 1 : _workers.Count);
        await _workers[victim].KillAsync();
        _gone.Add(_workers[victim]);
        _workers[victim] = StartWorker();
        _kills++;
    }

    /// <returns>Whether everything ended in time.</returns>
    private async Task<bool> SettleAsync()
    {
        TimeSpan limit = _clock.Elapsed + (SettleTimeMax > arguments.Duration ? SettleTimeMax : arguments.Duration);
        while (await OpenAsync() > 0)
        {
            if (_clock.Elapsed > limit)
                return false;
            await Task.Delay(BlockInterval, TimeProvider.System);
        }
        return true;
    }

    private async Task<bool> DrainAsync()
    {
        bool well = true;
        foreach (WorkerProcess worker in _workers)
        {
            well &= !worker.Crashed;
            well &= await worker.DrainAsync();
            _gone.Add(worker);
        }
        _workers.Clear();
        return well;
    }

    private async Task<long> OpenAsync() => (await _reader.QueuesAsync(CancellationToken.None)).Sum(q => q.Ready + q.Deferred + q.Running);

    private async Task ReportAsync()
    {
        while (true)
        {
            for (TimeSpan waited = TimeSpan.Zero; waited < ReportInterval; waited += BlockInterval)
            {
                await Task.Delay(BlockInterval, TimeProvider.System);
                if (_workers.Count == 0)
                    return;
            }
            IReadOnlyList<QueueState> queues = await PatientlyAsync(() => _reader.QueuesAsync(CancellationToken.None));
            FileInfo log = new(ChaosServices.DatabaseOf(folder) + "-wal");
            Console.WriteLine(
                $"{_clock.Elapsed.TotalSeconds,5:0} s  enqueued {_plans.Count}  ended {queues.Sum(q => q.Succeeded + q.Failed + q.Cancelled)}  " +
                $"waiting {queues.Sum(q => q.Ready + q.Deferred)}  running {queues.Sum(q => q.Running)}  kills {_kills}  busy {_busy}{(log.Exists ? $"  log {log.Length >> 20} MiB" : "")}");
        }
    }
}

/// <summary>What was asked of one job.</summary>
/// <param name="Failures">How often it fails; more than it has attempts: for good.</param>
internal sealed record Plan(int Number, string Queue, int Milliseconds, int Failures)
{
    /// <summary>When it was first asked to be cancelled, of the monotonic clock; null: never.</summary>
    public long? CancelledAt { get; init; }

    /// <summary>The resource it needs a unit of; null: none.</summary>
    public string? Needs { get; init; }
    public bool FailsForGood => Failures > 3;
    public string Payload => $$"""{"number":{{Number}},"milliseconds":{{Milliseconds}},"failures":{{Failures}}}""";
}
