using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class DependencyConformance : StoreConformance
{
    // The trap of a reference system: it stored depends_on and ran the job at once.
    [Fact]
    public async Task Depends_on_stored_and_ignored()
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first], Priority = 1 });
        JobLease lease = await ClaimAsync();
        Assert.Equal(first, lease.JobId);
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Assert.Equal((JobStatus.Queued, "dependencies"), await StateAsync(second));

        await FinishAsync(Succeeded(lease));
        Assert.Equal((JobStatus.Queued, null), await StateAsync(second));
        Assert.Equal(second, (await ClaimAsync()).JobId);
        Assert.Equal(["job.created", "job.unblocked", "job.started"], await EventNamesAsync(second));
    }

    [Fact]
    public async Task A_join_starts_when_the_last_of_its_dependencies_has_ended_and_not_before()
    {
        List<Guid> parts = [];
        for (int i = 0; i < 5; i++)
            parts.Add(await EnqueueAsync());
        Guid join = await EnqueueAsync(with: job => job with { DependsOn = parts });
        List<JobLease> leases = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToList();
        foreach (JobLease lease in leases)
        {
            Assert.Equal("dependencies", (await JobAsync(join)).WaitingFor);
            await FinishAsync(Succeeded(lease));
        }
        Assert.Equal(join, (await ClaimAsync()).JobId);
    }

    [Fact]
    public async Task A_whole_graph_enqueued_in_one_call_runs_in_its_order()
    {
        Guid[] ids = [NewId(), NewId(), NewId(), NewId()];
        await Engine.Client.EnqueueManyAsync(
            [
                new NewJob("nothing", "{}") { Id = ids[0] },
                new NewJob("nothing", "{}") { Id = ids[1], DependsOn = [ids[0]] },
                new NewJob("nothing", "{}") { Id = ids[2], DependsOn = [ids[0]] },
                new NewJob("nothing", "{}") { Id = ids[3], DependsOn = [ids[1], ids[2]] },
            ],
            Cancel);
        Assert.Equal([ids[0]], await FinishAllAsync());
        Assert.Equal([ids[1], ids[2]], await FinishAllAsync());
        Assert.Equal([ids[3]], await FinishAllAsync());
        Assert.Empty(await FinishAllAsync());
    }

    [Fact]
    public async Task A_dependency_that_does_not_exist_yet_is_refused_so_that_no_circle_can_be_made()
    {
        Guid later = NewId();
        DependencyNotFoundException error = await Assert.ThrowsAsync<DependencyNotFoundException>(() => Engine.Client.EnqueueManyAsync(
            [new NewJob("nothing", "{}") { DependsOn = [later] }, new NewJob("nothing", "{}") { Id = later }], Cancel));
        Assert.Equal("dependency-not-found", error.Code);
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task A_job_cannot_depend_on_itself_its_parent_or_more_than_a_thousand_others()
    {
        Guid self = NewId();
        await Assert.ThrowsAsync<InvalidJobException>(() => EnqueueAsync(with: job => job with { Id = self, DependsOn = [self] }));
        await Assert.ThrowsAsync<InvalidJobException>(() => EnqueueAsync(with: job => job with { ParentJobId = self, DependsOn = [self] }));
        Guid[] many = [.. Enumerable.Range(0, 1_001).Select(_ => NewId())];
        InvalidJobException error = await Assert.ThrowsAsync<InvalidJobException>(() => EnqueueAsync(with: job => job with { DependsOn = many }));
        Assert.Contains("1,001", error.Message);
    }

    [Theory]
    [InlineData(DependencyFailurePolicy.Cancel, JobStatus.Cancelled, null)]
    [InlineData(DependencyFailurePolicy.Run, JobStatus.Queued, null)]
    [InlineData(DependencyFailurePolicy.Hold, JobStatus.Queued, "dependencies")]
    public async Task A_failed_dependency_counts_by_the_dependents_own_policy(
        DependencyFailurePolicy policy, JobStatus status, string? waitingFor)
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = policy });
        await FinishAsync(Threw(await ClaimAsync()));
        Assert.Equal((status, waitingFor), await StateAsync(second));

        // One that comes after the failure finds the same.
        Guid third = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = policy });
        Assert.Equal((status, waitingFor), await StateAsync(third));
    }

    [Fact]
    public async Task A_held_job_runs_once_its_failed_dependency_was_redriven_and_succeeded()
    {
        Guid first = await EnqueueAsync();
        Guid held = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = DependencyFailurePolicy.Hold });
        await FinishAsync(Threw(await ClaimAsync()));
        await Engine.Client.RedriveAsync((await OnlyDeadLetterAsync()).Id, "ada", Cancel);
        Assert.Equal([first], await FinishAllAsync());
        Assert.Equal([held], await FinishAllAsync());
    }

    [Fact]
    public async Task A_cancellation_goes_through_a_chain_of_any_length()
    {
        List<NewJob> chain = [new NewJob("nothing", "{}") { Id = NewId() }];
        for (int i = 1; i < 3_000; i++)
            chain.Add(new NewJob("nothing", "{}") { Id = NewId(), DependsOn = [chain[^1].Id!.Value] });
        await Engine.Client.EnqueueManyAsync(chain, Cancel);
        await Engine.Client.CancelAsync(chain[0].Id!.Value, "enough", Cancel);
        foreach (int i in (int[])[1, 999, 1_000, 1_001, 2_999])
            Assert.Equal(JobStatus.Cancelled, (await JobAsync(chain[i].Id!.Value)).Status);
        Assert.Equal(3_000, (await Engine.Reader.QueuesAsync(Cancel)).Single(q => q.Name == Queue).Cancelled);
    }

    [Fact]
    public async Task More_dependents_than_one_transaction_takes_are_all_let_go()
    {
        Guid first = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        NewJob[] dependents = [.. Enumerable.Range(0, 2_500).Select(_ => new NewJob("nothing", "{}") { DependsOn = [first] })];
        await Engine.Client.EnqueueManyAsync(dependents, Cancel);
        await FinishAsync(Succeeded(lease));
        Assert.Equal(2_500, (await Engine.Reader.QueuesAsync(Cancel)).Single(q => q.Name == Queue).Ready);
    }

    [Fact]
    public async Task Deleting_a_dependency_counts_as_its_cancellation_and_nobody_holds_for_it()
    {
        Guid first = await EnqueueAsync();
        Dictionary<DependencyFailurePolicy, Guid> dependents = [];
        foreach (DependencyFailurePolicy policy in Enum.GetValues<DependencyFailurePolicy>())
            dependents[policy] = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = policy });
        await Engine.Client.DeleteAsync(first, Cancel);
        Assert.Equal((JobStatus.Cancelled, null), await StateAsync(dependents[DependencyFailurePolicy.Cancel]));
        Assert.Equal((JobStatus.Queued, null), await StateAsync(dependents[DependencyFailurePolicy.Run]));
        Assert.Equal((JobStatus.Cancelled, null), await StateAsync(dependents[DependencyFailurePolicy.Hold]));
    }

    [Fact]
    public async Task Retention_keeps_what_someone_still_holds_for()
    {
        Guid first = await EnqueueAsync();
        Guid held = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = DependencyFailurePolicy.Hold });
        await Engine.Client.CancelAsync(first, null, Cancel);
        Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(0, (await Store.PruneAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), null, 100, Cancel)).Removed);
        await Engine.Client.CancelAsync(held, null, Cancel);
        Assert.Equal(1, (await Store.PruneAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), null, 100, Cancel)).Removed);
    }

    [Fact]
    public async Task A_blocked_job_whose_time_has_not_come_waits_on_after_its_dependencies()
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first], Delay = TimeSpan.FromMinutes(5) });
        Assert.Equal([first], await FinishAllAsync());
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([second], await FinishAllAsync());
    }

    [Fact]
    public async Task A_blocked_job_is_listed_among_the_queued_ones()
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first] });
        IReadOnlyList<Job> queued = await Engine.Reader.ListAsync(new JobFilter(Status: JobStatus.Queued), Cancel);
        Assert.Equal([second, first], queued.Select(j => j.Id));
    }

    private async Task<List<Guid>> FinishAllAsync()
    {
        List<JobLease> leases = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToList();
        foreach (JobLease lease in leases)
            Assert.True(await FinishAsync(Succeeded(lease)));
        return leases.ConvertAll(l => l.JobId);
    }

    private async Task<(JobStatus, string?)> StateAsync(Guid id)
    {
        Job job = await JobAsync(id);
        return (job.Status, job.WaitingFor);
    }
}
