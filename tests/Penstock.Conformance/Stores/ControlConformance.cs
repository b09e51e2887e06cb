using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Pausing, draining, purging and reordering queues; draining workers.</summary>
public abstract class ControlConformance : StoreConformance
{
    private IControlStore Controls => Engine.Services.GetRequiredService<IControlStore>();

    private QueueControl Queues => Engine.Services.GetRequiredService<QueueControl>();

    protected override PenstockBuilder Configure(PenstockBuilder builder) => builder.AddResource("gpu", 1);

    [Fact]
    public async Task Nothing_is_claimed_from_a_paused_queue_neither_jobs_nor_items()
    {
        await DispatchAsync(items: 2);
        await EnqueueAsync();
        await Controls.PauseAsync("items", "ada", "new disk", Cancel);
        await Controls.PauseAsync(Queue, "ada", null, Cancel);
        Assert.Empty(await ClaimManyAsync("worker-a"));

        await Controls.ResumeAsync("items", Cancel);
        Assert.Equal(2, (await ClaimManyAsync("worker-a")).Count);
    }

    [Fact]
    public async Task A_pause_keeps_who_when_and_why_until_it_is_resumed()
    {
        DateTimeOffset at = Time.GetUtcNow();
        Assert.True(await Controls.PauseAsync(Queue, "ada", "new disk", Cancel));
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(await Controls.PauseAsync(Queue, "bob", "me too", Cancel));
        await Store.DeclareQueuesAsync([new Engine.Operations.QueueDefinition(Queue, 7)], Cancel); // As a restart does.
        QueueState queue = await QueueAsync();
        Assert.Equal((true, new QueuePause(at, "ada", "new disk"), 7), (queue.Paused, queue.Pause, queue.MaxRunning));
        Assert.True(await Controls.ResumeAsync(Queue, Cancel));
        Assert.False(await Controls.ResumeAsync(Queue, Cancel));
        Assert.Null((await QueueAsync()).Pause);
        await Assert.ThrowsAsync<QueueNotFoundException>(() => Controls.PauseAsync("wrok", "ada", null, Cancel));
    }

    [Fact]
    public async Task What_runs_in_a_paused_queue_ends_as_usual()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await Controls.PauseAsync(Queue, "ada", null, Cancel);
        Assert.Equal(1, (await QueueAsync()).Running);
        Assert.True(await FinishAsync(Succeeded(lease)));
        Assert.Equal((0, JobStatus.Succeeded), ((await QueueAsync()).Running, (await JobAsync(id)).Status));
    }

    [Fact]
    public async Task A_purge_cancels_every_queued_job_and_nothing_else()
    {
        Guid running = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        List<Guid> queued = [await EnqueueAsync(), await EnqueueAsync(with: job => job with { Delay = TimeSpan.FromHours(1) })];
        for (int i = 0; i < 450; i++)
            queued.Add(await EnqueueAsync(with: job => job with { Priority = 3 }));
        Guid elsewhere = await EnqueueAsync("single");

        Assert.Equal(new QueueSweep(452, 0), await PumpAsync(Queues.PurgeAsync(Queue, "ada", Cancel)));

        Assert.Equal((0, 0, 1), Waits(await QueueAsync()));
        Assert.Equal(["job.created", "job.cancelled"], await EventNamesAsync(queued[1]));
        JobEvent told = (await Engine.Reader.EventsAsync(queued[0], 0, 10, Cancel))[^1];
        Assert.Contains("queue work was purged by ada", told.Fields, StringComparison.Ordinal);
        Assert.Equal(JobStatus.Queued, (await JobAsync(elsewhere)).Status);
        Assert.True(await FinishAsync(Succeeded(lease)));
        Assert.Equal(JobStatus.Succeeded, (await JobAsync(running)).Status);
    }

    [Fact]
    public async Task A_purge_cancels_what_waits_for_a_resource_or_for_another_job_too()
    {
        Dictionary<string, int> gpu = new() { ["gpu"] = 1 };
        Guid holder = await EnqueueAsync(with: job => job with { Resources = gpu });
        JobLease lease = await ClaimAsync();
        Guid parked = await EnqueueAsync(with: job => job with { Resources = gpu });
        Guid dependent = await EnqueueAsync(with: job => job with { DependsOn = [holder] });
        Assert.Empty(await ClaimManyAsync("worker-b"));
        Assert.Equal(2, (await PumpAsync(Queues.PurgeAsync(Queue, "ada", Cancel))).Jobs);
        Assert.Equal([JobStatus.Cancelled, JobStatus.Cancelled], (await Task.WhenAll(JobAsync(parked), JobAsync(dependent))).Select(j => j.Status));
        Assert.True(await FinishAsync(Succeeded(lease)));
        Assert.Empty(await ClaimManyAsync("worker-b"));
    }

    [Fact]
    public async Task A_purge_leaves_items_to_their_running_job_and_says_how_many()
    {
        Guid parent = await DispatchAsync(items: 3);
        Assert.Equal(new QueueSweep(0, 3), await PumpAsync(Queues.PurgeAsync("items", "ada", Cancel)));
        Assert.Equal(3, (await ClaimManyAsync("worker-a")).Count);
        Assert.Equal(JobStatus.Running, (await JobAsync(parent)).Status);
    }

    [Fact]
    public async Task A_job_given_a_higher_priority_runs_first_and_its_history_says_so()
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync();
        await Queues.ReprioritiseAsync(second, 10, "ada", Cancel);
        Assert.Equal([second, first], (await ClaimManyAsync("worker-a")).Cast<JobLease>().Select(l => l.JobId));
        Assert.Equal(["job.created", "job.reprioritised", "job.started"], await EventNamesAsync(second));
        Assert.Equal(10, (await JobAsync(second)).Priority);
        Assert.Equal("job-not-queued", (await Assert.ThrowsAsync<JobNotQueuedException>(() => Queues.ReprioritiseAsync(second, 1, "ada", Cancel))).Code);
        await Assert.ThrowsAsync<InvalidJobException>(() => Queues.ReprioritiseAsync(first, 1_001, "ada", Cancel));
        await Assert.ThrowsAsync<JobNotFoundException>(() => Queues.ReprioritiseAsync(Guid.Empty, 1, "ada", Cancel));
    }

    [Fact]
    public async Task A_job_that_waits_for_its_time_or_a_resource_keeps_its_new_priority_when_it_is_ready()
    {
        Dictionary<string, int> gpu = new() { ["gpu"] = 1 };
        await EnqueueAsync(with: job => job with { Resources = gpu });
        JobLease lease = await ClaimAsync();
        await EnqueueAsync(with: job => job with { Resources = gpu });
        Guid parked = await EnqueueAsync(with: job => job with { Resources = gpu });
        Guid later = await EnqueueAsync(with: job => job with { Delay = TimeSpan.FromSeconds(5) });
        Assert.Empty(await ClaimManyAsync("worker-b"));
        await Queues.ReprioritiseAsync(parked, 1, "ada", Cancel);
        await Queues.ReprioritiseAsync(later, 2, "ada", Cancel);
        Guid plain = await EnqueueAsync();
        Time.Advance(TimeSpan.FromSeconds(5));
        await FinishAsync(Succeeded(lease));
        Assert.Equal([later, parked, plain], (await ClaimManyAsync("worker-b")).Cast<JobLease>().Select(l => l.JobId));
    }

    [Fact]
    public async Task All_queued_jobs_of_a_queue_or_of_one_operation_get_another_priority()
    {
        List<Guid> jobs = [];
        for (int i = 0; i < 401; i++)
            jobs.Add(await EnqueueAsync(with: job => job with { Priority = i % 2 }));
        Guid other = await EnqueueAsync("single", job => job with { QueueName = Queue });
        Assert.Equal(401, (await PumpAsync(Queues.ReprioritiseAsync(Queue, "nothing", -3, "ada", Cancel))).Jobs);
        Assert.Equal(0, (await PumpAsync(Queues.ReprioritiseAsync(Queue, "nothing", -3, "ada", Cancel))).Jobs);
        Assert.Equal([other, .. jobs], (await ClaimManyAsync("worker-a", 1_000)).Cast<JobLease>().Select(l => l.JobId));
    }

    [Fact]
    public async Task A_worker_asked_to_drain_hears_of_it_with_its_heartbeat()
    {
        Assert.Equal(new WorkerStanding(true, false), await Store.BeatAsync(Beat("worker-a"), Cancel));
        await Controls.DrainWorkerAsync("worker-a", "ada", Cancel);
        Assert.Equal(new WorkerStanding(true, true), await Store.BeatAsync(Beat("worker-a"), Cancel));
        Assert.Equal(new WorkerStanding(true, false), await Store.BeatAsync(Beat("worker-b"), Cancel));
        WorkerState worker = (await Engine.Reader.WorkersAsync(Cancel)).Single(w => w.Id == "worker-a");
        Assert.Equal(("draining", "ada"), (worker.State, worker.DrainRequestedBy));
        await Assert.ThrowsAsync<WorkerNotFoundException>(() => Controls.DrainWorkerAsync("worker-z", "ada", Cancel));
    }

    /// <summary>Steps pause in between; the test's clock stands unless it is moved.</summary>
    private async Task<T> PumpAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(2));
            await Task.Yield();
        }
        return await task;
    }

    private async Task<QueueState> QueueAsync() => (await Engine.Reader.QueuesAsync(Cancel)).Single(q => q.Name == Queue);

    private static (long Ready, long Deferred, long Running) Waits(QueueState queue) => (queue.Ready, queue.Deferred, queue.Running);
}
