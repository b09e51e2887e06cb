using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Engine.Workers;

namespace Penstock.Bench;

/// <summary>Several worker processes on one SQLite file: how fast they drain it together, and how soon one of them picks a job up.</summary>
/// <remarks>Stopwatch ticks are those of the machine's monotonic clock, so instants of several processes compare.</remarks>
internal static class ProcessesBench
{
    private const int BulkJobs = 10_000;
    private const int WarmUpJobs = 20;
    private const int GapMsMin = 10;
    private const int GapMsMax = 50;

    private static readonly TimeSpan BeatGap = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PollGap = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(string[] args)
    {
        int jobs = Number(args, "--n", 40_000);
        int slots = Number(args, "--slots", 10);
        int pickUps = Number(args, "--pick-ups", 300);
        bool full = Environment.GetEnvironmentVariable("PENSTOCK_SYNC") != "NORMAL";
        foreach (int processes in Text(args, "--processes", "1,2,4,8").Split(',').Select(int.Parse))
        {
            string folder = Directory.CreateTempSubdirectory("penstock-processes-").FullName;
            try
            {
                Dictionary<string, object?> report = await MeasureAsync(folder, full, processes, jobs, slots, pickUps);
                Console.WriteLine(JsonSerializer.Serialize(report));
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        return 0;
    }

    /// <summary>One worker process: begins at the first line of its input, ends with it, and tells what it saw.</summary>
    public static async Task<int> WorkAsync(string[] args)
    {
        (string folder, bool full, int slots) = (args[0], args[1] == "full", int.Parse(args[2]));
        BenchOperation.Reset();
        await using ServiceProvider services = QueueContestant.Build(
            Path.Combine(folder, "penstock.db"), full, slots, new NeighbourOptions(Path.Combine(folder, "wake"), HearsEvents: false));
        await services.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        Worker worker = services.GetRequiredService<Worker>();
        Console.WriteLine("ready");
        await Console.In.ReadLineAsync();
        using CancellationTokenSource stop = new();
        Task running = Task.Run(() => worker.RunAsync(stop.Token));
        Task<List<double>> beats = Task.Run(() => BeatAsync(services.GetRequiredService<IJobStore>(), stop.Token));
        await Console.In.ReadToEndAsync();
        await stop.CancelAsync();
        await running;
        WorkerReport report = new(
            BenchOperation.Handled, Environment.CpuUsage.TotalTime.TotalSeconds,
            await beats, BenchOperation.StartedAt.Where(s => s.Key < 0).ToDictionary(s => s.Key, s => s.Value));
        Console.WriteLine(JsonSerializer.Serialize(report));
        return 0;
    }

    private static async Task<Dictionary<string, object?>> MeasureAsync(
        string folder, bool full, int processes, int jobs, int slots, int pickUps)
    {
        await using ServiceProvider services = QueueContestant.Build(
            Path.Combine(folder, "penstock.db"), full, slots, new NeighbourOptions(Path.Combine(folder, "wake"), HearsEvents: false));
        await services.GetRequiredService<StoreStartup>().RunAsync(CancellationToken.None);
        IJobClient client = services.GetRequiredService<IJobClient>();
        IJobReader reader = services.GetRequiredService<IJobReader>();
        for (int first = 0; first < jobs; first += BulkJobs)
        {
            await client.EnqueueManyAsync(
                [.. Enumerable.Range(first, Math.Min(BulkJobs, jobs - first)).Select(QueueContestant.NewBenchJob)], CancellationToken.None);
        }
        List<Process> workers = [.. Enumerable.Range(0, processes).Select(_ => Start(folder, full, slots))];
        foreach (Process worker in workers)
            await worker.StandardOutput.ReadLineAsync();

        long started = Stopwatch.GetTimestamp();
        foreach (Process worker in workers)
            await worker.StandardInput.WriteLineAsync("go");
        while ((await reader.QueuesAsync(CancellationToken.None)).Sum(q => q.Ready + q.Running) > 0)
            await Task.Delay(PollGap, TimeProvider.System);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;

        Random random = new(1);
        Dictionary<int, long> submitted = [];
        for (int i = 1; i <= pickUps + WarmUpJobs; i++)
        {
            submitted[-i] = Stopwatch.GetTimestamp();
            await client.EnqueueAsync(QueueContestant.NewBenchJob(-i), CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(GapMsMin, GapMsMax)), TimeProvider.System);
        }
        while ((await reader.QueuesAsync(CancellationToken.None)).Sum(q => q.Ready + q.Running) > 0)
            await Task.Delay(PollGap, TimeProvider.System);

        List<WorkerReport> reports = [];
        foreach (Process worker in workers)
        {
            worker.StandardInput.Close();
            reports.Add(JsonSerializer.Deserialize<WorkerReport>((await worker.StandardOutput.ReadLineAsync())!)!);
            await worker.WaitForExitAsync();
            worker.Dispose();
        }
        double[] pickUp = [.. reports.SelectMany(r => r.StartedAt).Where(s => s.Key < -WarmUpJobs)
            .Select(s => (s.Value - submitted[s.Key]) * 1000.0 / Stopwatch.Frequency)];
        return new()
        {
            ["processes"] = processes,
            ["slots_each"] = slots,
            ["jobs"] = jobs,
            ["jobs_per_second"] = Math.Round(jobs / seconds),
            ["cpu_us_per_job"] = Math.Round(reports.Sum(r => r.CpuSeconds) * 1e6 / jobs),
            ["share_min"] = reports.Min(r => r.Handled),
            ["share_max"] = reports.Max(r => r.Handled),
            ["beat_ms"] = QueueContestant.Percentiles([.. reports.SelectMany(r => r.BeatMs)]),
            ["pick_up_ms"] = QueueContestant.Percentiles(pickUp),
        };
    }

    private static Process Start(string folder, bool full, int slots)
    {
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(ProcessesBench).Assembly.Location);
        foreach (string argument in (string[])["process-worker", folder, full ? "full" : "normal", $"{slots}"])
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    /// <summary>How long a heartbeat waits for its turn, asked again and again.</summary>
    private static async Task<List<double>> BeatAsync(IJobStore store, CancellationToken cancellationToken)
    {
        List<double> took = [];
        while (!cancellationToken.IsCancellationRequested)
        {
            long began = Stopwatch.GetTimestamp();
            await store.BeatAsync(new WorkerBeat("bench-beat", "", 0, default, [], 0, 0, false), CancellationToken.None);
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            try
            {
                await Task.Delay(BeatGap, TimeProvider.System, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                // Asked to end.
            }
        }
        return took;
    }

    private static int Number(string[] args, string name, int fallback) => int.Parse(Text(args, name, $"{fallback}"));

    private static string Text(string[] args, string name, string fallback)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : fallback;
    }

    private sealed record WorkerReport(int Handled, double CpuSeconds, List<double> BeatMs, Dictionary<int, long> StartedAt);
}
