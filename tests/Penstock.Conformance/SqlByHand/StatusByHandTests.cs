using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>A status set by hand does to the job, and to all that hangs on it, what the engine's own call would.</summary>
public sealed class StatusByHandTests : SqlByHandTests
{
    [Theory]
    [InlineData("failed", JobStatus.Failed)]
    [InlineData("cancelled", JobStatus.Cancelled)]
    [InlineData("succeeded", JobStatus.Succeeded)]
    [InlineData("queued", JobStatus.Queued)]
    public async Task What_a_worker_says_of_a_job_that_was_taken_from_it_by_hand_is_refused(string status, JobStatus expected)
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Equal(1, await DoAsync($"update job set status = '{status}' where id = '{id}'"));
        Assert.Empty(await Store.HeldAsync("worker-a", Cancel));
        Assert.False(await FinishAsync(Succeeded(lease)));
        Assert.Equal(expected, (await JobAsync(id)).Status);
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_running_job_set_to_queued_starts_again_under_another_fence()
    {
        Guid id = await EnqueueAsync();
        JobLease slow = await ClaimAsync();
        await DoAsync("update job set status = 'queued', queue_name = 'single', priority = 7");
        await AssertRightAsync();
        JobLease fresh = await ClaimAsync("worker-b");
        Assert.Equal((id, 2, "single"), (fresh.JobId, fresh.Attempt, fresh.QueueName));
        Assert.True(fresh.Fence > slow.Fence);
        Assert.False(await FinishAsync(Succeeded(slow)));
        Assert.True(await FinishAsync(Succeeded(fresh)));
        Assert.Equal(
            ["job.created", "job.started", "job.edited", "job.released", "job.started", "job.succeeded"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_job_failed_by_hand_is_a_dead_letter_that_can_be_redriven()
    {
        Guid id = await EnqueueAsync();
        await ClaimAsync();
        await DoAsync("update job set status = 'failed', error_code = 'ManualTimeout', error_message = 'Hung since noon.'");
        Job job = await JobAsync(id);
        Assert.Equal(("ManualTimeout", "Hung since noon."), (job.ErrorCode, job.ErrorMessage));
        Assert.NotNull(job.FinishedAt);
        DeadLetter letter = await OnlyDeadLetterAsync();
        Assert.Equal((id, "ManualTimeout", "pending", 1), (letter.JobId, letter.ErrorCode, letter.Status, letter.Attempts));
        Assert.Equal(1, await EndedAsync(Queue, q => q.Failed));

        await Store.RedriveAsync(letter.Id, "ada", Cancel);
        Assert.Equal((id, 2), await ClaimedAsync());
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_failure_by_hand_without_words_gets_some()
    {
        Guid id = await EnqueueAsync();
        await DoAsync("update job set status = 'failed'");
        Job job = await JobAsync(id);
        Assert.Equal(("FailedByHand", "penstock set it to failed in SQL."), (job.ErrorCode, job.ErrorMessage));
        JobEvent last = (await Engine.Reader.EventsAsync(id, 0, 100, Cancel))[^1];
        Assert.Equal(("job.failed", JobEventLevel.Error), (last.Name, last.Level));
        Assert.Contains("\"by\" : \"penstock\"", last.Fields, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_set_to_queued_runs_again_with_fresh_attempts_and_settles_its_dead_letter()
    {
        Guid id = await EnqueueAsync(with: job => job with { MaxAttempts = 1 });
        Assert.True(await FinishAsync(Threw(await ClaimAsync())));
        DeadLetter letter = await OnlyDeadLetterAsync();
        Assert.Equal(1, await DoAsync("update job set status = 'queued' where status = 'failed'"));
        await AssertRightAsync();
        Assert.Equal((id, 2), await ClaimedAsync());
        Assert.Equal("redriven", (await Engine.Reader.FindDeadLetterAsync(letter.Id, Cancel))!.Status);
        Assert.Equal(["job.created", "job.started", "job.failed", "job.redriven", "job.started"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task Finished_work_runs_again_by_hand_only_where_its_queue_allows_it()
    {
        Guid done = await EnqueueAsync();
        Assert.True(await FinishAsync(Succeeded(await ClaimAsync())));
        await RefusedAsync("update job set status = 'queued'", $"{done}", "succeeded", "'work'");
        Guid again = await EnqueueAsync("again");
        await Engine.Client.CancelAsync(again, null, Cancel);
        await DoAsync($"update job set status = 'queued' where id = '{again}'");
        Assert.Equal(JobStatus.Queued, (await JobAsync(again)).Status);
        Assert.Equal(["job.created", "job.cancelled", "job.requeued"], await EventNamesAsync(again));
        Assert.Empty(await HintRules.ViolationsAsync(Engine.Database, Cancel));
    }

    [Fact]
    public async Task Cancelling_a_parent_by_hand_cancels_its_queued_and_running_children()
    {
        Guid parent = await EnqueueAsync();
        await ClaimAsync();
        Guid child = await EnqueueAsync(with: job => job with { ParentJobId = parent });
        JobLease running = await ClaimAsync();
        Guid grandchild = await EnqueueAsync(with: job => job with { ParentJobId = child });
        Assert.Equal(1, await DoAsync($"update job set status = 'cancelled' where id = '{parent}'"));
        Assert.False(await FinishAsync(Succeeded(running)));
        Assert.Equal(JobStatus.Cancelled, (await JobAsync(grandchild)).Status);
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Assert.Equal(3, await EndedAsync(Queue, q => q.Cancelled));
        await AssertRightAsync();
    }

    [Theory]
    [InlineData("succeeded", JobStatus.Succeeded)]
    [InlineData("failed", JobStatus.Failed)]
    public async Task The_last_child_that_ends_by_hand_closes_its_parent(string status, JobStatus expected)
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Guid child = await EnqueueAsync(with: job => job with { ParentJobId = parent });
        await EnqueueAsync(with: job => job with { ParentJobId = parent });
        await FinishAsync(new Completion.JobReturned(lease, new JobOutcome.AwaitsChildren("{}"), null, []));
        await DoAsync($"update job set status = '{status}' where id = '{child}'");
        Assert.Equal((JobStatus.Running, "children"), await StateAsync(parent));
        await DoAsync($"update job set status = '{status}' where parent_job_id = '{parent}' and status = 'queued'");
        Job closed = await JobAsync(parent);
        Assert.Equal((expected, 2L, 2L), (closed.Status, closed.ProgressCurrent, closed.ProgressTotal));
        await AssertRightAsync();
    }

    [Theory]
    [InlineData(DependencyFailurePolicy.Cancel, "cancelled", JobStatus.Cancelled, null)]
    [InlineData(DependencyFailurePolicy.Run, "cancelled", JobStatus.Queued, null)]
    [InlineData(DependencyFailurePolicy.Hold, "cancelled", JobStatus.Queued, "dependencies")]
    [InlineData(DependencyFailurePolicy.Cancel, "succeeded", JobStatus.Queued, null)]
    [InlineData(DependencyFailurePolicy.Cancel, "failed", JobStatus.Cancelled, null)]
    public async Task Who_depends_on_a_job_that_ends_by_hand_goes_on_or_ends_by_its_policy(
        DependencyFailurePolicy policy, string status, JobStatus expected, string? waitingFor)
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first], OnDependencyFailure = policy });
        Guid third = await EnqueueAsync(with: job => job with { DependsOn = [second] });
        await DoAsync($"update job set status = '{status}' where id = '{first}'");
        Assert.Equal((expected, waitingFor), await StateAsync(second));
        Assert.Equal(expected == JobStatus.Cancelled ? (JobStatus.Cancelled, null) : (JobStatus.Queued, "dependencies"), await StateAsync(third));
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_chain_of_a_thousand_ends_with_its_first_job()
    {
        Guid[] ids = [.. Enumerable.Range(0, 1_000).Select(_ => NewId())];
        await Engine.Client.EnqueueManyAsync(
            [.. ids.Select((id, i) => new NewJob("nothing", "{}") { Id = id, DependsOn = i == 0 ? [] : [ids[i - 1]] })], Cancel);
        Assert.Equal(1, await DoAsync($"update job set status = 'cancelled' where id = '{ids[0]}'"));
        Assert.Equal(["1000"], await ReadAsync("select count(*) from job where status = 'cancelled' and finished_at is not null"));
        Assert.Equal(1_000, await EndedAsync(Queue, q => q.Cancelled));
    }

    [Fact]
    public async Task More_dependents_than_one_transaction_should_touch_are_left_to_the_engine()
    {
        Guid first = await EnqueueAsync();
        await Engine.Client.EnqueueManyAsync([.. Enumerable.Repeat(new NewJob("nothing", "{}") { DependsOn = [first] }, 1_500)], Cancel);
        await DoAsync($"update job set status = 'succeeded' where id = '{first}'");
        Assert.Equal(["500"], await ReadAsync("select count(*) from job where waiting_for = 'dependencies'"));
        await RecoverAsync();
        Assert.Equal(["0"], await ReadAsync("select count(*) from job where waiting_for = 'dependencies'"));
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_batch_that_is_cancelled_by_hand_forgets_its_items()
    {
        Guid id = await DispatchAsync(items: 3);
        ItemLease item = (ItemLease)(await ClaimManyAsync("worker-a", 1)).Single();
        await DoAsync("update job set status = 'cancelled'");
        Assert.False(await FinishAsync(Returned(item, new { })));
        Assert.Equal(["0"], await ReadAsync("select count(*) from item"));
        Assert.Equal((JobStatus.Cancelled, null), await StateAsync(id));
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_batch_that_another_job_is_to_follow_is_not_declared_done_by_hand()
    {
        Guid id = await DispatchAsync(items: 1, continuation: new NewJob("nothing", "{}"));
        await RefusedAsync("update job set status = 'succeeded'", $"{id}", "batch is not done");
        await DoAsync("update job set status = 'failed'");
        Assert.Equal(JobStatus.Failed, (await JobAsync(id)).Status);
        await DoAsync("update job set status = 'queued'");
        Assert.Equal(id, (await ClaimAsync()).JobId);
        await AssertRightAsync();
    }

    [Fact]
    public async Task An_end_by_hand_frees_the_unique_key_and_a_new_life_takes_it()
    {
        Guid first = await EnqueueAsync("again", job => job with { UniqueKey = "one" });
        await DoAsync("update job set status = 'cancelled'");
        Guid second = await EnqueueAsync("again", job => job with { UniqueKey = "one" });
        Assert.NotEqual(first, second);
        await RefusedAsync($"update job set status = 'queued' where id = '{first}'", $"{first}", "'one'", $"{second}");
        await DoAsync($"update job set status = 'succeeded' where id = '{second}'");
        await DoAsync($"update job set status = 'queued' where id = '{first}'");
        await RefusedAsync($"update job set status = 'queued' where id = '{second}'", $"{first}");
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_statement_over_a_whole_family_does_each_of_them_once()
    {
        Guid parent = await EnqueueAsync();
        await EnqueueAsync(with: job => job with { ParentJobId = parent });
        Guid next = await EnqueueAsync(with: job => job with { DependsOn = [parent] });
        Assert.Equal(3, await DoAsync("update job set status = 'cancelled' where status in ('queued', 'running')"));
        Assert.Equal(["job.created", "job.cancelled"], await EventNamesAsync(next));
        Assert.Equal(3, await EndedAsync(Queue, q => q.Cancelled));
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_statement_that_ends_a_job_and_changes_one_that_ends_with_it_keeps_the_histories_right()
    {
        Guid parent = await EnqueueAsync();
        Guid child = await EnqueueAsync(with: job => job with { ParentJobId = parent });
        await DoAsync($"update job set priority = 4, status = case id when '{parent}' then 'cancelled' else status end");
        Assert.Equal((JobStatus.Cancelled, 4), ((await JobAsync(child)).Status, (await JobAsync(child)).Priority));
        await AssertRightAsync();
    }

    private async Task<(Guid, int)> ClaimedAsync()
    {
        JobLease lease = await ClaimAsync();
        return (lease.JobId, lease.Attempt);
    }
}
