using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>Enqueues, cancels and kills for a while; then lets everything end, and has it checked.</summary>
internal sealed class Experiment(Arguments arguments, Settings settings, Servers servers, IServiceProvider services)
{
    private const int BlockMax = 500;

    private static readonly TimeSpan BlockInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettleTimeMax = TimeSpan.FromMinutes(3);

    private readonly Random _random = new(arguments.Seed);
    private readonly Faults _faults = new(servers, settings, TimeSpan.FromSeconds(arguments.LeaseSeconds));
    private readonly Planner _planner = new(arguments, new Random(arguments.Seed));
    private readonly IJobClient _client = services.GetRequiredService<IJobClient>();
    private readonly IJobReader _reader = services.GetRequiredService<IJobReader>();
    private readonly IdGenerator _ids = services.GetRequiredService<IdGenerator>();
    private readonly List<WorkerProcess> _workers = [];
    private readonly List<WorkerProcess> _gone = [];
    private readonly Dictionary<Guid, Plan> _plans = [];
    private readonly List<Guid> _enqueued = [];
    private readonly Fates _fates = new(services.GetRequiredService<SqlDatabase>());
    private readonly Growth _growth = new(services.GetRequiredService<SqlDatabase>(), settings);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _started;
    private int _kills;
    private int _crashes;
    private int _busy;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        string folder = Directory.CreateTempSubdirectory("penstock-chaos-").FullName;
        try
        {
            using FileLog log = new(Path.Combine(folder, "experiment.log"));
            await using Servers servers = await Servers.StartAsync(arguments.Servers);
            Settings settings = servers.Lead(new Settings(folder, arguments.Slots, arguments.LeaseSeconds), wired: false);
            await using ServiceProvider services = await ChaosServices.BuildAsync(settings, log);
            await ChaosTables.CreateAsync(services.GetRequiredService<SqlDatabase>());
            return await new Experiment(arguments, settings, servers, services).RunAsync();
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
            $"{(arguments.Servers.Contains(Servers.OfDatabase) ? "" : "sqlite, ")}{string.Concat(arguments.Servers.Order().Select(s => s + ", "))}lease {arguments.LeaseSeconds} s");
        try
        {
            for (int i = 0; i < arguments.Workers; i++)
                _workers.Add(StartWorker(wired: arguments.Faults.Count > 0 && i == arguments.Workers - 1));
            using CancellationTokenSource noMoreReports = new();
            Task reports = ReportAsync(noMoreReports.Token);
            Throughput throughput = new(_reader);
            using CancellationTokenSource end = new();
            Task watching = arguments.Faults.Count > 0 ? throughput.WatchAsync(() => _clock.Elapsed, end.Token) : Task.CompletedTask;
            ShortRetention retention = new(services, _fates, TimeSpan.FromMinutes(arguments.RetainMinutes));
            Task retaining = arguments.RetainMinutes > 0 ? retention.RunAsync(end.Token) : Task.CompletedTask;
            Task troubles = BringFaultsAsync();
            await DisturbAsync();
            await troubles;
            await end.CancelAsync();
            await watching;
            await retaining;
            bool settled = await SettleAsync();
            await noMoreReports.CancelAsync();
            await reports;
            bool drained = await DrainAsync();
            Verdict verdict = new(settings, _plans, _fates, [.. _gone], _kills, _clock.Elapsed);
            if (arguments.RetainMinutes > 0)
            {
                verdict.Check("the memory of a worker is within a tenth of what it was at first", _growth.JudgeMemory(arguments.Duration));
                verdict.Check("tables and indexes stay within a tenth of what they were in the middle", _growth.JudgeSizes(arguments.Duration));
                Console.WriteLine($"{retention.Removed} jobs removed by retention");
            }
            if (arguments.Faults.Count > 0)
                verdict.Check("after each fault 95 % of the throughput is back within 10 s", throughput.Judge(_faults.Done, arguments.Jobs / arguments.Duration.TotalSeconds));
            return await verdict.TellAsync(services, settled, drained);
        }
        finally
        {
            foreach (WorkerProcess worker in _workers.Concat(_gone))
                worker.Dispose();
        }
    }

    private WorkerProcess StartWorker(bool wired = false) => WorkerProcess.Start(++_started, wired ? servers.Lead(settings, wired) : settings);

    /// <summary>One after another, evenly spread over the time; the last worker is the one that suffers alone.</summary>
    private async Task BringFaultsAsync()
    {
        for (int i = 0; i < arguments.Faults.Count; i++)
        {
            TimeSpan at = arguments.Duration * (i + 0.5) / arguments.Faults.Count;
            if (at > _clock.Elapsed)
                await Task.Delay(at - _clock.Elapsed, TimeProvider.System);
            await _faults.BringAsync(arguments.Faults[i], _workers[^1], () => _clock.Elapsed);
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
            plans.Add(_planner.Next(_plans.Count + i));
            jobs.Add(plans[^1].ToJob(_ids.NewId()));
        }
        IReadOnlyList<EnqueueResult> results = await PatientlyAsync(() => _client.EnqueueManyAsync(jobs, CancellationToken.None));
        for (int i = 0; i < count; i++)
        {
            if (_plans.TryAdd(results[i].JobId, plans[i]))
                _enqueued.Add(results[i].JobId);
        }
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

    private async Task CancelSomeAsync(int enqueued)
    {
        for (int i = 0; i < enqueued; i++)
        {
            if (_random.NextDouble() >= arguments.Cancellations)
                continue;
            // Of the last ones, so that it finds some waiting, some running and some ended.
            Guid id = _enqueued[Math.Max(_enqueued.Count - 1 - _random.Next(200), 0)];
            _plans[id] = _plans[id] with { CancelledAt = _plans[id].CancelledAt ?? TimeProvider.System.GetTimestamp() };
            await PatientlyAsync(() => _client.CancelAsync(id, "chaos", CancellationToken.None));
        }
    }

    private async Task KillOneAsync()
    {
        int victim = _random.Next(arguments.SparesLastWorker ? _workers.Count - 1 : _workers.Count);
        _crashes += _workers[victim].Crashed ? 1 : 0;
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
        bool well = _crashes == 0;
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

    private async Task ReportAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            for (TimeSpan waited = TimeSpan.Zero; waited < ReportInterval; waited += BlockInterval)
            {
                await Task.Delay(BlockInterval, TimeProvider.System, CancellationToken.None);
                if (cancellationToken.IsCancellationRequested)
                    return;
            }
            IReadOnlyList<QueueState> queues = await PatientlyAsync(() => _reader.QueuesAsync(CancellationToken.None));
            Growth.Sample size = await PatientlyAsync(() => _growth.TakeAsync(_clock.Elapsed, _workers[^1]));
            Console.WriteLine(
                $"{_clock.Elapsed.TotalSeconds,5:0} s  enqueued {_plans.Count}  ended {queues.Sum(q => q.Succeeded + q.Failed + q.Cancelled)}  " +
                $"waiting {queues.Sum(q => q.Ready + q.Deferred)}  running {queues.Sum(q => q.Running)}  kills {_kills}  busy {_busy}  " +
                $"memory {size.Memory >> 20} MiB  store {size.Size >> 20} MiB");
        }
    }
}
