using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class LeaseConformance : StoreConformance
{
    [Fact]
    public async Task A_claim_makes_the_job_running_with_a_fence_of_its_own()
    {
        Guid first = await EnqueueAsync();
        JobLease one = await ClaimAsync("worker-a");
        await EnqueueAsync();
        JobLease two = await ClaimAsync("worker-b");
        Job job = await JobAsync(first);
        Assert.Equal((JobStatus.Running, 1, "worker-a", one.Fence), (job.Status, job.Attempt, job.WorkerId, job.Fence));
        Assert.True(two.Fence > one.Fence);
        Assert.Equal(["job.created", "job.started"], await EventNamesAsync(first));
    }

    [Fact]
    public async Task A_job_is_claimed_once()
    {
        await EnqueueAsync();
        Assert.Single(await ClaimManyAsync("worker-a"));
        Assert.Empty(await ClaimManyAsync("worker-b"));
    }

    [Fact]
    public async Task A_worker_that_slept_past_its_lease_cannot_complete_the_job()
    {
        await EnqueueAsync();
        JobLease slow = await ClaimAsync("worker-a");
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        await Store.BeatAsync(Beat("worker-b"), Cancel);
        RecoveryReport report = await RecoverAsync();
        JobLease fresh = await ClaimAsync("worker-b");

        Assert.False(await FinishAsync(Succeeded(slow, "\"late\"")));
        Assert.Equal(["worker-a"], report.DeadWorkers);
        Assert.Equal((slow.JobId, 2), (fresh.JobId, fresh.Attempt));
        Assert.True(await FinishAsync(Succeeded(fresh, "\"fresh\"")));
        Assert.Equal("\"fresh\"", (await JobAsync(slow.JobId)).Result);
    }

    [Fact]
    public async Task A_worker_taken_for_dead_learns_it_from_its_heartbeat_and_from_its_claim()
    {
        Time.Advance(Lease + TimeSpan.FromSeconds(1));
        await RecoverAsync();
        Assert.False(await Store.BeatAsync(Beat("worker-a"), Cancel));
        await EnqueueAsync();
        Exchange exchange = await Store.ExchangeAsync([], new ClaimRequest("worker-a", [Queue], 1), Cancel);
        Assert.True(exchange.WorkerUnknown);
        Assert.Empty(exchange.Leases);
    }

    [Fact]
    public async Task A_heartbeat_keeps_the_lease()
    {
        await EnqueueAsync();
        JobLease lease = await ClaimAsync("worker-a");
        for (int i = 0; i < 10; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(10));
            Assert.True(await Store.BeatAsync(Beat("worker-a"), Cancel));
            await RecoverAsync();
        }
        Assert.True(await FinishAsync(Succeeded(lease)));
    }

    [Fact]
    public async Task A_late_completion_does_not_overwrite_cancelled()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await Engine.Client.CancelAsync(id, "not needed", Cancel);
        Assert.False(await FinishAsync(Succeeded(lease)));
        Assert.Equal(JobStatus.Cancelled, (await JobAsync(id)).Status);
        Assert.Empty(await Store.HeldAsync("worker-a", Cancel));
        await Assert.ThrowsAsync<LeaseLostException>(() => Store.AppendEventAsync(
            lease, new JobEventDraft("late.word", JobEventLevel.Info, null, "{}"), null, Cancel));
        Assert.Equal(["job.created", "job.started", "job.cancelled"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_completion_told_twice_counts_once()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.True(await FinishAsync(Succeeded(lease)));
        Assert.False(await FinishAsync(Succeeded(lease)));
        Assert.Single(await EventNamesAsync(id), "job.succeeded");
    }

    [Fact]
    public async Task A_singleton_queue_runs_one_job_at_a_time_over_all_workers()
    {
        for (int i = 0; i < 3; i++)
            await EnqueueAsync("single");
        UnitLease running = Assert.Single(await ClaimManyAsync("worker-a"));
        Assert.Empty(await ClaimManyAsync("worker-b"));
        await FinishAsync(Succeeded((JobLease)running));
        Assert.Single(await ClaimManyAsync("worker-b"));
    }

    [Fact]
    public async Task A_released_job_goes_back_and_spends_nothing()
    {
        Guid id = await EnqueueAsync();
        Assert.True(await FinishAsync(new Completion.Released(await ClaimAsync())));
        JobLease again = await ClaimAsync("worker-b");
        Assert.Equal((id, 2, 0, 0), (again.JobId, again.Attempt, again.Failures, again.Retries));
    }

    [Fact]
    public async Task A_job_that_outlives_three_workers_is_quarantined()
    {
        Guid id = await EnqueueAsync();
        for (int i = 0; i < 3; i++)
        {
            string worker = $"worker-{i}";
            await RegisterAsync(worker);
            await ClaimAsync(worker);
            await RecoverAsync(worker);
        }
        Job job = await JobAsync(id);
        Assert.Equal((JobStatus.Failed, "WorkerKilled", 3), (job.Status, job.ErrorCode, job.Deaths));
        Assert.Equal(("job", id, "WorkerKilled"), ((await OnlyDeadLetterAsync()).Kind, id, (await OnlyDeadLetterAsync()).ErrorCode));
    }

    [Fact]
    public async Task A_death_counts_against_as_many_jobs_as_the_worker_had_slots()
    {
        List<Guid> ids = [];
        for (int i = 0; i < 10; i++)
            ids.Add(await EnqueueAsync());
        for (int i = 0; i < 3; i++)
        {
            string worker = $"worker-{i}";
            await RegisterAsync(worker); // Four slots.
            Assert.Equal(10, (await ClaimManyAsync(worker)).Count);
            await RecoverAsync(worker);
        }
        Job[] jobs = await Task.WhenAll(ids.Select(JobAsync));
        Assert.All(jobs.Take(4), job => Assert.Equal((JobStatus.Failed, "WorkerKilled", 3), (job.Status, job.ErrorCode, job.Deaths)));
        Assert.All(jobs.Skip(4), job => Assert.Equal((JobStatus.Queued, null, 0), (job.Status, job.ErrorCode, job.Deaths)));
        Assert.Equal(["job.created", "job.started", "job.released"], (await EventNamesAsync(ids[9]))[..3]);
    }

    [Fact]
    public async Task An_item_claimed_ahead_survives_any_number_of_dead_workers()
    {
        Guid parent = await DispatchAsync(items: 6);
        for (int i = 0; i < 3; i++)
        {
            string worker = $"worker-{i}";
            await RegisterAsync(worker);
            Assert.Equal(6, (await ClaimManyAsync(worker)).Count);
            await RecoverAsync(worker);
        }
        await RegisterAsync("worker-9");
        IReadOnlyList<UnitLease> left = await ClaimManyAsync("worker-9");
        Assert.Equal([4, 5], left.Select(lease => ((ItemLease)lease).ItemIndex));
        Assert.All(await Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel), letter => Assert.Equal((parent, "WorkerKilled"), (letter.JobId, letter.ErrorCode)));
    }
}
