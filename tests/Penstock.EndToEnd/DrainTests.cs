using Penstock.Client.Jobs;
using Penstock.EndToEnd.Processes;
using Penstock.EndToEnd.Samples;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary>A server that is asked to stop in the middle of its work.</summary>
public sealed class DrainTests
{
    private const int Queries = 1_200;
    private const int Stops = 2;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SIGTERM_finishes_or_releases_what_runs_and_ends_with_zero()
    {
        string workspace = await ServerProcess.NewWorkspaceAsync(Cancel);
        StoredState stored = new(workspace);
        Guid jobId = await StartBatchAsync(workspace);
        int before = 0;
        for (int stop = 0; stop < Stops; stop++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel);
            await ProgressBeyondAsync(stored, jobId, before + (Queries / 20));
            long began = TimeProvider.System.GetTimestamp();
            Assert.Equal(0, await server.StopAsync(Cancel));
            before = stored.ItemsMarkedDone(jobId);
            System.Console.WriteLine($"SIGTERM with {before} of {Queries} items done: exit 0 after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F2} s");
            AssertNothingIsHeld(stored);
            Assert.Equal(before, stored.Count("select progress_current from job where id = $id", ("$id", $"{jobId}")));
        }
        Assert.True(before < Queries, "The batch ended before the last stop.");

        await using ServerProcess last = await ServerProcess.StartAsync(workspace, Cancel);
        JobDetail job = await LoadedWorkspace.SucceedAsync(last, new QueuedJob(jobId, "running"), Cancel);
        Assert.Equal(Queries, job.ProgressCurrent);
        Assert.Equal(0, await last.StopAsync(Cancel));
        // An orderly stop is nobody's death, and no attempt was spent on it.
        Assert.Equal(0, stored.Count("select count(*) from job_event where event in ('job.lost', 'child.retried', 'child.failed')"));
        Assert.Equal(0, stored.Count("select count(*) from item"));
        AssertNothingIsHeld(stored);
    }

    [Fact]
    public async Task A_second_SIGTERM_ends_at_once_and_the_rest_is_run_later()
    {
        string workspace = await ServerProcess.NewWorkspaceAsync(Cancel);
        Guid jobId = await StartBatchAsync(workspace);
        await using (ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel))
        {
            await ProgressBeyondAsync(new StoredState(workspace), jobId, 50);
            server.Signal();
            server.Signal();
            Assert.Equal(0, await server.WaitForExitAsync(Cancel));
        }
        await using ServerProcess last = await ServerProcess.StartAsync(workspace, Cancel);
        await LoadedWorkspace.SucceedAsync(last, new QueuedJob(jobId, "running"), Cancel);
        Assert.Equal(Queries, new StoredState(workspace).ItemsMarkedDone(jobId));
    }

    /// <summary>A loaded workspace whose server stopped with a prediction just enqueued.</summary>
    private static async Task<Guid> StartBatchAsync(string workspace)
    {
        LoadedWorkspace loaded;
        await using (ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel))
        {
            loaded = await LoadedWorkspace.LoadAsync(server, new ProteinSample(seed: 11, families: 10, references: 100, Queries), Cancel);
            Assert.Equal(0, await server.StopAsync(Cancel));
        }
        await using ServerProcess idle = await ServerProcess.StartAsync(workspace, Cancel, "--no-workers");
        QueuedJob queued = await loaded.PredictAsync(idle, neighbours: 5, Cancel);
        Assert.Equal(0, await idle.StopAsync(Cancel));
        return queued.Id;
    }

    private static void AssertNothingIsHeld(StoredState stored)
    {
        Assert.Equal(0, stored.Count("select count(*) from claim"));
        Assert.Equal(0, stored.Count("select count(*) from worker"));
        Assert.Equal("ok", stored.Integrity());
    }

    private static async Task ProgressBeyondAsync(StoredState stored, Guid jobId, int done)
    {
        while (stored.ItemsMarkedDone(jobId) <= done)
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
    }
}
