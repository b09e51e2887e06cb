using Penstock.Client.Jobs;
using Penstock.Client.Workers;
using Penstock.EndToEnd.Processes;
using Xunit;

namespace Penstock.EndToEnd;

/// <summary><c>penstock work</c>: more processes on the workspace of a running server.</summary>
public sealed class WorkProcessTests
{
    /// <summary>So long that a job which waited for a lease could not be missed: the test would never end.</summary>
    private static readonly string[] LongLease = ["--set", "worker.lease_seconds=600"];

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_process_runs_what_the_server_enqueues_and_leaves_well()
    {
        string workspace = await ServerProcess.NewWorkspaceAsync(Cancel);
        await using ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel, "--no-workers");
        await using HelperProcess first = HelperProcess.Work(workspace, "--slots", "3");
        await WorkersAsync(server, 1);
        await using HelperProcess second = HelperProcess.Work(workspace, "--queues", "protea.ping");
        IReadOnlyList<WorkerView> workers = await WorkersAsync(server, 2);
        Assert.Equal([first.ProcessId, second.ProcessId], workers.Select(w => w.ProcessId).Order());
        Assert.Equal(3, workers.Single(w => w.ProcessId == first.ProcessId).Slots);
        Assert.Equal(["protea.ping"], workers.Single(w => w.ProcessId == second.ProcessId).Queues);

        Guid ping = (await server.Client.EnqueueAsync(new JobRequest("ping"), Cancel)).Id;
        Assert.Equal("succeeded", (await EndAsync(server, ping)).Status);

        Assert.Equal(0, await first.StopAsync(Cancel));
        Assert.Equal(0, await second.StopAsync(Cancel));
        Assert.Contains("work-1", first.Output, StringComparison.Ordinal);
        Assert.Contains("stopped", second.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(workspace, "logs", "work-2.log")));
        Assert.Empty(await server.Client.WorkersAsync(Cancel));
        // Their sockets went with them; the server's own is there.
        Assert.Single(Directory.GetFiles(Path.Combine(workspace, "run", "wake")));
    }

    [Fact]
    public async Task A_killed_worker_process_loses_its_job_to_its_neighbour_at_once()
    {
        string workspace = await ServerProcess.NewWorkspaceAsync(Cancel);
        await File.AppendAllTextAsync(Path.Combine(workspace, "penstock.yaml"), """

            operations:
              - name: slow
                kind: exec
                queue: slow
                command: [sh, -c, 'if [ "$PENSTOCK_ATTEMPT" = 1 ]; then sleep 600; fi']
            """, Cancel);
        await using ServerProcess server = await ServerProcess.StartAsync(workspace, Cancel, ["--no-workers", .. LongLease]);
        Guid jobId;
        await using (HelperProcess victim = HelperProcess.Work(workspace, LongLease))
        {
            jobId = (await server.Client.EnqueueAsync(new JobRequest("slow"), Cancel)).Id;
            while ((await server.Client.JobAsync(jobId, Cancel)).Status != "running")
                await Task.Delay(PollInterval, TimeProvider.System, Cancel);
            await victim.KillAsync();
        }
        await using HelperProcess heir = HelperProcess.Work(workspace, LongLease);
        JobDetail job = await EndAsync(server, jobId);
        Assert.Equal(("succeeded", 2), (job.Status, job.Attempt));
        Assert.Contains("work-1", heir.Output, StringComparison.Ordinal); // The dead one's number is free again.
    }

    private static async Task<IReadOnlyList<WorkerView>> WorkersAsync(ServerProcess server, int count)
    {
        while (true)
        {
            IReadOnlyList<WorkerView> workers = await server.Client.WorkersAsync(Cancel);
            if (workers.Count == count)
                return workers;
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
        }
    }

    private static async Task<JobDetail> EndAsync(ServerProcess server, Guid jobId)
    {
        while (true)
        {
            JobDetail job = await server.Client.JobAsync(jobId, Cancel);
            if (job.FinishedAt is not null)
                return job;
            await Task.Delay(PollInterval, TimeProvider.System, Cancel);
        }
    }
}
