using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Sqlite;

namespace Penstock.Bench;

/// <summary>Penstock as a contestant of the queue referee: each call is one process that ends with one line of JSON.</summary>
internal static class QueueContestant
{
    private const int BulkJobs = 1_000;
    private const int WarmUpJobs = 20;

    public static async Task<int> RunAsync(string[] args)
    {
        bool full = Environment.GetEnvironmentVariable("PENSTOCK_SYNC") != "NORMAL";
        bool onPostgres = Environment.GetEnvironmentVariable("PENSTOCK_STORE") == "postgres";
        QueueArguments arguments = QueueArguments.Parse(args);
        string path = onPostgres ? "" : FilePath(renew: args[0] == "setup");
        BenchOperation.Reset();
        await using ServiceProvider services = onPostgres
            ? Build(builder => builder.UsePostgres(PostgresOfReferee() with { FullDurability = full }), arguments.Concurrency)
            : Build(path, full, arguments.Concurrency);
        await services.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        Dictionary<string, object?> report = args[0] switch
        {
            "setup" => new() { ["cmd"] = "setup", ["ok"] = true, ["version"] = $"Penstock 0.1, {(onPostgres ? "PostgreSQL" : "SQLite")} {(full ? "FULL" : "NORMAL")}" },
            "enqueue" => await EnqueueAsync(services, arguments),
            "drain" => await DrainAsync(services, arguments),
            "latency" => await LatencyAsync(services, arguments),
            "counts" => await CountsAsync(services),
            "fill" => await FillAsync(services, arguments),
            _ => throw new ArgumentException($"'{args[0]}' is none of the referee's commands."),
        };
        Console.WriteLine(JsonSerializer.Serialize(report));
        return 0;
    }

    internal static ServiceProvider Build(string path, bool full, int concurrency, NeighbourOptions? neighbours = null) =>
        Build(
            builder =>
            {
                builder.UseSqlite(new SqliteOptions(path) { FullDurability = full });
                if (neighbours is not null)
                    builder.UseNeighbours(neighbours);
            },
            concurrency);

    private static ServiceProvider Build(Action<PenstockBuilder> useStore, int concurrency)
    {
        ServiceCollection services = new();
        services.AddLogging();
        services.AddSingleton(new WorkerOptions { Slots = concurrency });
        services.AddPenstock(builder =>
        {
            useStore(builder);
            builder.AddOperation<BenchOperation>(BenchOperation.Name, "bench", "Does nothing.");
        });
        return services.BuildServiceProvider();
    }

    private static string FilePath(bool renew)
    {
        string folder = Environment.GetEnvironmentVariable("PB_DIR") ?? Path.Combine(Path.GetTempPath(), "penstock-bench");
        Directory.CreateDirectory(folder);
        if (renew)
        {
            foreach (string file in Directory.GetFiles(folder, "penstock.db*"))
                File.Delete(file);
        }
        return Path.Combine(folder, "penstock.db");
    }

    private static PostgresOptions PostgresOfReferee() => PostgresUrl.ToOptions(
        Environment.GetEnvironmentVariable("PB_PG_URL") ?? throw new ArgumentException("PB_PG_URL has no address of a database."), null, null);

    private static async Task<Dictionary<string, object?>> EnqueueAsync(ServiceProvider services, QueueArguments arguments)
    {
        IJobClient client = services.GetRequiredService<IJobClient>();
        long started = Stopwatch.GetTimestamp();
        if (arguments.Bulk)
        {
            for (int first = 0; first < arguments.Count; first += BulkJobs)
            {
                NewJob[] jobs = Enumerable.Range(first, Math.Min(BulkJobs, arguments.Count - first)).Select(NewBenchJob).ToArray();
                await client.EnqueueManyAsync(jobs, CancellationToken.None);
            }
        }
        else
        {
            await Task.WhenAll(Enumerable.Range(0, arguments.Clients).Select(loop => Task.Run(async () =>
            {
                for (int i = loop; i < arguments.Count; i += arguments.Clients)
                    await client.EnqueueAsync(NewBenchJob(i), CancellationToken.None);
            })));
        }
        return Measured(new()
        {
            ["cmd"] = "enqueue", ["n"] = arguments.Count, ["mode"] = arguments.Bulk ? "bulk" : "one", ["clients"] = arguments.Clients,
        }, started);
    }

    private static async Task<Dictionary<string, object?>> DrainAsync(ServiceProvider services, QueueArguments arguments)
    {
        IJobReader reader = services.GetRequiredService<IJobReader>();
        Worker worker = services.GetRequiredService<Worker>();
        using CancellationTokenSource stop = new();
        BenchOperation.Target = arguments.Count;
        long started = Stopwatch.GetTimestamp();
        Task running = Task.Run(() => worker.RunAsync(stop.Token));
        await BenchOperation.Reached.Task;
        if (!arguments.Backlog)
        {
            while (await PendingAsync(reader) > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
        double? seconds = arguments.Backlog ? null : Stopwatch.GetElapsedTime(started).TotalSeconds;
        await stop.CancelAsync();
        await running;
        Dictionary<string, object?> report = Measured(new()
        {
            ["cmd"] = "drain", ["n"] = arguments.Count, ["concurrency"] = arguments.Concurrency, ["handled"] = BenchOperation.Handled,
        }, started);
        report["seconds"] = seconds ?? report["seconds"];
        (long commits, long calls) = services.GetRequiredService<SqlDatabase>() switch
        {
            SqliteDatabase file => file.WriteCounts,
            PostgresDatabase server => server.WriteCounts,
            var other => throw new NotSupportedException($"{other.GetType()} counts no commits."),
        };
        report["commits"] = commits;
        report["calls"] = calls;
        return report;
    }

    private static async Task<Dictionary<string, object?>> LatencyAsync(ServiceProvider services, QueueArguments arguments)
    {
        IJobClient client = services.GetRequiredService<IJobClient>();
        Worker worker = services.GetRequiredService<Worker>();
        using CancellationTokenSource stop = new();
        Task running = Task.Run(() => worker.RunAsync(stop.Token));
        Random random = new(1);
        int total = arguments.Count + WarmUpJobs;
        BenchOperation.Target = total;
        long[] submitted = new long[total];
        long[] acknowledged = new long[total];
        for (int i = 0; i < total; i++)
        {
            submitted[i] = Stopwatch.GetTimestamp();
            await client.EnqueueAsync(NewBenchJob(i), CancellationToken.None);
            acknowledged[i] = Stopwatch.GetTimestamp();
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(arguments.GapMin, arguments.GapMax)), TimeProvider.System);
        }
        await BenchOperation.Reached.Task;
        await stop.CancelAsync();
        await running;
        return new()
        {
            ["cmd"] = "latency",
            ["n"] = arguments.Count,
            ["submit_to_start_ms"] = Percentiles(i => BenchOperation.StartedAt[i] - submitted[i], total),
            ["ack_to_start_ms"] = Percentiles(i => Math.Max(BenchOperation.StartedAt[i] - acknowledged[i], 0), total),
            ["submit_to_ack_ms"] = Percentiles(i => acknowledged[i] - submitted[i], total),
        };
    }

    private static async Task<Dictionary<string, object?>> CountsAsync(ServiceProvider services)
    {
        IJobReader reader = services.GetRequiredService<IJobReader>();
        QueueState queue = (await reader.QueuesAsync(CancellationToken.None)).Single(q => q.Name == "bench");
        return new()
        {
            ["cmd"] = "counts",
            ["pending"] = queue.Ready + queue.Deferred + queue.Running,
            ["finished"] = await CountFinishedAsync(services),
        };
    }

    private static Task<long> CountFinishedAsync(ServiceProvider services) =>
        services.GetRequiredService<SqlDatabase>().ReadAsync(
            async (session, token) =>
            {
                using SqlStatement count = session.Statement("select count(*) from job where status = 'succeeded'");
                return await count.ScalarAsync<long>(token);
            },
            CancellationToken.None);

    private static async Task<Dictionary<string, object?>> FillAsync(ServiceProvider services, QueueArguments arguments)
    {
        long started = Stopwatch.GetTimestamp();
        IJobClient client = services.GetRequiredService<IJobClient>();
        for (int first = 0; first < arguments.Count; first += 10_000)
        {
            NewJob[] jobs = Enumerable.Range(first, Math.Min(10_000, arguments.Count - first)).Select(NewBenchJob).ToArray();
            await client.EnqueueManyAsync(jobs, CancellationToken.None);
        }
        if (arguments.State == "finished")
            await FinishAllAsync(services);
        return new() { ["cmd"] = "fill", ["n"] = arguments.Count, ["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds };
    }

    /// <summary>Makes every waiting job a finished one with its full history, as if workers had run them.</summary>
    private static Task FinishAllAsync(ServiceProvider services) =>
        services.GetRequiredService<SqlDatabase>().WriteAsync(
            async (session, token) =>
            {
                foreach (string sql in (string[])[
                    "delete from ready",
                    """
                    insert into job_event (job_id, ts, level, event, message, fields)
                    select id, created_at, 'info', 'job.started', null, '{"worker":"fill","attempt":1}' from job where status = 'queued'
                    """,
                    """
                    insert into job_event (job_id, ts, level, event, message, fields)
                    select id, created_at, 'info', 'job.succeeded', null, '{"result":0}' from job where status = 'queued'
                    """,
                    "update queue set succeeded = succeeded + (select count(*) from job where status = 'queued') where name = 'bench'",
                    """
                    update job set status = 'succeeded', started_at = created_at, finished_at = created_at, attempt = 1, fence = 1,
                                   worker_id = 'fill', result = '0'
                     where status = 'queued'
                    """])
                {
                    using SqlStatement statement = session.Statement(sql);
                    await statement.ExecuteAsync(token);
                }
            },
            CancellationToken.None);

    private static async Task<long> PendingAsync(IJobReader reader) =>
        (await reader.QueuesAsync(CancellationToken.None)).Sum(q => q.Ready + q.Deferred + q.Running);

    internal static NewJob NewBenchJob(int number) =>
        new(BenchOperation.Name, $$"""{"i":{{number}},"s":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}""");

    private static Dictionary<string, object?> Measured(Dictionary<string, object?> report, long started)
    {
        report["seconds"] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        report["client_cpu_s"] = Environment.CpuUsage.TotalTime.TotalSeconds;
        report["rss_peak_mb"] = PeakRssMib();
        return report;
    }

    private static double PeakRssMib()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM", StringComparison.Ordinal));
        return Math.Round(double.Parse(line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024, 1);
    }

    private static Dictionary<string, double> Percentiles(Func<int, long> ticks, int total) =>
        Percentiles([.. Enumerable.Range(WarmUpJobs, total - WarmUpJobs).Select(i => ticks(i) * 1000.0 / Stopwatch.Frequency)]);

    internal static Dictionary<string, double> Percentiles(double[] milliseconds)
    {
        double[] sorted = [.. milliseconds.Order()];
        double At(double part) => Math.Round(sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)], 3);
        return new() { ["p50"] = At(0.50), ["p95"] = At(0.95), ["p99"] = At(0.99), ["max"] = At(1) };
    }
}
