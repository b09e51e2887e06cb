using System.Globalization;
using Penstock.Client.Jobs;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>The whole server is killed again and again in the middle of a batch; nothing may be lost, doubled or different.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Rounds = 20;
    private const int Queries = 2_000;
    private const int References = 400;
    private const int Neighbours = 5;
    private const int Seed = 20_261_122;

    /// <summary>Every so many rounds the kill comes at any moment after the start of the process, booting and recovering included.</summary>
    private const int BlindEvery = 5;

    /// <summary>So long that a restart which waited for a lease could not be missed: the test would never end.</summary>
    private const string LeaseSeconds = "600";

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_kills_in_the_middle_of_a_batch_lose_nothing_and_double_nothing()
    {
        long began = TimeProvider.System.GetTimestamp();
        string workspace = await ServerProcess.NewWorkspaceAsync(Cancel);
        Run run = await StartAsync(workspace);
        TimeSpan prepared = TimeProvider.System.GetElapsedTime(began);

        KillLog log = await KillRepeatedlyAsync(workspace, run.Killed);
        string killed = await FinishAsync(workspace, run);

        Report(log, prepared, TimeProvider.System.GetElapsedTime(began));
        Assert.Equal(run.Expected, killed);
        CheckStore(new StoredState(workspace), run);
        Assert.Equal(Rounds, log.Kills.Count);
        Assert.True(log.Kills.Count(kill => kill.Unfinished) >= Rounds * 3 / 4, "Too many kills came after the batch had ended to tell anything.");
    }

    /// <summary>Loads the sample, predicts once undisturbed, and starts the same prediction again.</summary>
    private static async Task<Run> StartAsync(string workspace)
    {
        await using ServerProcess server = await UpAsync(workspace);
        ProteinSample sample = new(Seed, families: 40, References, Queries);
        LoadedWorkspace loaded = await LoadedWorkspace.LoadAsync(server, sample, Cancel);
        QueuedJob undisturbed = await loaded.PredictAsync(server, Neighbours, Cancel);
        await LoadedWorkspace.SucceedAsync(server, undisturbed, Cancel);
        string expected = await DownloadAsync(server, undisturbed.Id);
        Assert.True(expected.Count(c => c == '\n') > Queries, "The undisturbed run predicted next to nothing.");

        QueuedJob killed = await loaded.PredictAsync(server, Neighbours, Cancel);
        await ProgressBeyondAsync(new StoredState(workspace), killed.Id, 0);
        await server.KillAsync();
        return new Run(undisturbed.Id, killed.Id, expected);
    }

    private static async Task<KillLog> KillRepeatedlyAsync(string workspace, Guid jobId)
    {
        KillLog log = new();
        Random random = new(Seed);
        StoredState stored = new(workspace);
        log.Add(stored.ItemsMarkedDone(jobId), TimeSpan.Zero, blind: false);
        TimeSpan restart = TimeSpan.FromSeconds(1);
        while (log.Kills.Count < Rounds)
        {
            bool blind = log.Kills.Count % BlindEvery == 0;
            await using ServerProcess server = ServerProcess.Launch(workspace, Arguments);
            if (blind)
                await Task.Delay(restart * (1.3 * random.NextDouble()), TimeProvider.System, Cancel);
            else
                restart = await RunSomeItemsAsync(stored, jobId, log, random);
            await server.KillAsync();
            log.Add(stored.ItemsMarkedDone(jobId), blind ? TimeSpan.Zero : restart, blind);
        }
        return log;
    }

    /// <returns>From the start of the process to the first item it finished.</returns>
    private static async Task<TimeSpan> RunSomeItemsAsync(StoredState stored, Guid jobId, KillLog log, Random random)
    {
        long began = TimeProvider.System.GetTimestamp();
        int before = log.Kills[^1].Done;
        await ProgressBeyondAsync(stored, jobId, before);
        TimeSpan restart = TimeProvider.System.GetElapsedTime(began);
        // A part of what is left, shared out over the rounds to come: none of them should find the batch ended.
        int share = (Queries - before) / (Rounds - log.Kills.Count + 1);
        await ProgressBeyondAsync(stored, jobId, before + random.Next(1 + share));
        await Task.Delay(TimeSpan.FromMicroseconds(random.Next(5_000)), TimeProvider.System, Cancel);
        return restart;
    }

    private static async Task<string> FinishAsync(string workspace, Run run)
    {
        await using ServerProcess server = await UpAsync(workspace);
        JobDetail job = await LoadedWorkspace.SucceedAsync(server, new QueuedJob(run.Killed, "running"), Cancel);
        Assert.Equal((Queries, Queries), (job.ProgressCurrent, job.ProgressTotal));
        string killed = await DownloadAsync(server, run.Killed);
        Assert.Equal(0, await server.StopAsync(Cancel));
        return killed;
    }

    private static void CheckStore(StoredState stored, Run run)
    {
        Assert.Equal("ok", stored.Integrity());
        Assert.Empty(stored.Rows("select id, status from job where status not in ('succeeded', 'failed', 'cancelled')"));
        Assert.Empty(stored.Rows(
            """
            select j.id, count(e.id) from job j
              left join job_event e on e.job_id = j.id and e.event in ('job.succeeded', 'job.failed', 'job.cancelled', 'job.timeout')
             group by j.id having count(e.id) <> 1
            """));
        Assert.Equal(Queries, stored.ItemsMarkedDone(run.Killed));
        foreach (string table in (string[])["claim", "item", "ready", "deferred", "dead_letter"])
            Assert.True(stored.Count($"select count(*) from {table}") == 0, $"{table} is not empty");
        Assert.Equal(Predictions(stored, run.Undisturbed), Predictions(stored, run.Killed));
    }

    private static long Predictions(StoredState stored, Guid setId)
    {
        long rows = stored.Count("select count(*) from go_prediction where prediction_set_id = $id", ("$id", $"{setId}"));
        Assert.Equal(rows, stored.Count("select prediction_count from prediction_set where id = $id", ("$id", $"{setId}")));
        return rows;
    }

    /// <summary>Until more items are done, or the batch has ended. Looks into the file: the server is too busy to be a quick clock.</summary>
    private static async Task ProgressBeyondAsync(StoredState stored, Guid jobId, int done)
    {
        while (stored.ItemsMarkedDone(jobId) is var now && now <= done && now < Queries)
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
    }

    private static async Task<string> DownloadAsync(ServerProcess server, Guid predictionSetId)
    {
        using StreamReader reader = new(await server.Proteins.OpenPredictionsAsync(predictionSetId, null, null, null, Cancel));
        return await reader.ReadToEndAsync(Cancel);
    }

    private static string[] Arguments => ["--set", $"worker.lease_seconds={LeaseSeconds}"];

    private static Task<ServerProcess> UpAsync(string workspace) => ServerProcess.StartAsync(workspace, Cancel, Arguments);

    private void Report(KillLog log, TimeSpan prepared, TimeSpan total)
    {
        List<Kill> restarts = [.. log.Kills.Where(kill => kill.Restart > TimeSpan.Zero)];
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            kill -9: {Rounds} rounds, {log.Kills.Count} kills, {log.Kills.Count(kill => kill.Unfinished)} of them with the batch of {Queries} items unfinished
            items done at each kill (* at any moment after the start): {string.Join(' ', log.Kills.Select(kill => $"{kill.Done}{(kill.Blind ? "*" : "")}"))}
            from the start of the process to its first item: {restarts.Average(kill => kill.Restart.TotalSeconds):F2} s on average, {restarts.Max(kill => kill.Restart).TotalSeconds:F2} s at most (lease {LeaseSeconds} s)
            {total.TotalSeconds:F1} s in all, {prepared.TotalSeconds:F1} s of them to load and to predict undisturbed
            """);
        output.WriteLine(text);
        System.Console.WriteLine(text);
    }

    private sealed record Run(Guid Undisturbed, Guid Killed, string Expected);

    private sealed record Kill(int Done, TimeSpan Restart, bool Blind)
    {
        public bool Unfinished => Done < Queries;
    }

    private sealed class KillLog
    {
        public List<Kill> Kills { get; } = [];

        public void Add(int done, TimeSpan restart, bool blind) => Kills.Add(new Kill(done, restart, blind));
    }
}
