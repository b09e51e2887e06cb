using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class OutcomeConformance : StoreConformance
{
    private static readonly TimeSpan Timeout = TimeSpan.FromHours(6);
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task A_failed_attempt_waits_for_its_time_and_counts_a_failure()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync(), Time.GetUtcNow() + TimeSpan.FromSeconds(8)));
        Assert.Equal((JobStatus.Queued, "Broken"), ((await JobAsync(id)).Status, (await JobAsync(id)).ErrorCode));
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Time.Advance(TimeSpan.FromSeconds(8));
        JobLease again = await ClaimAsync();
        Assert.Equal((2, 1), (again.Attempt, again.Failures));
        Assert.Equal(["job.created", "job.started", "job.attempt_failed", "job.started"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_snooze_spends_no_attempt()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(new Completion.Snoozed(await ClaimAsync(), "device busy", Time.GetUtcNow() + TimeSpan.FromSeconds(60)));
        Time.Advance(TimeSpan.FromSeconds(60));
        JobLease again = await ClaimAsync();
        Assert.Equal((id, 0, 1), (again.JobId, again.Failures, again.Retries));
        Assert.Contains("job.retry_later", await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_job_out_of_attempts_is_a_dead_letter_that_is_redriven_once()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync()));
        DeadLetter letter = await OnlyDeadLetterAsync();
        Assert.Equal(("pending", "Broken", "It broke.", 1), (letter.Status, letter.ErrorCode, letter.ErrorMessage, letter.Attempts));

        await Engine.Client.RedriveAsync(letter.Id, "ada", Cancel);
        Assert.Equal(id, (await ClaimAsync()).JobId);
        Assert.Equal(("redriven", "ada"), ((await OnlyDeadLetterAsync()).Status, (await OnlyDeadLetterAsync()).SettledBy));
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => Engine.Client.RedriveAsync(letter.Id, "ada", Cancel));
    }

    [Fact]
    public async Task A_parent_closes_once_when_its_last_child_has_ended()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        for (int i = 0; i < 2; i++)
            await EnqueueAsync(with: job => job with { ParentJobId = parent });
        await FinishAsync(new Completion.JobReturned(lease, new JobOutcome.AwaitsChildren("{}"), null, []));
        List<JobLease> children = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToList();

        await FinishAsync(Threw(children[0]));
        Assert.Equal((JobStatus.Running, "children", 1L), Waiting(await JobAsync(parent)));
        await FinishAsync(Succeeded(children[1]));
        Job closed = await JobAsync(parent);
        Assert.Equal((JobStatus.Succeeded, 2L, 2L), (closed.Status, closed.ProgressCurrent, closed.ProgressTotal));
        Assert.Single(await EventNamesAsync(parent), "job.succeeded");
    }

    [Fact]
    public async Task A_parent_fails_when_all_its_children_failed()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await EnqueueAsync(with: job => job with { ParentJobId = parent });
        await FinishAsync(new Completion.JobReturned(lease, new JobOutcome.AwaitsChildren("{}"), null, []));
        await FinishAsync(Threw(await ClaimAsync()));
        Assert.Equal((JobStatus.Failed, "AllChildrenFailed"), ((await JobAsync(parent)).Status, (await JobAsync(parent)).ErrorCode));
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_queued_and_running_children()
    {
        Guid parent = await EnqueueAsync();
        await ClaimAsync();
        Guid child = await EnqueueAsync(with: job => job with { ParentJobId = parent });
        JobLease running = await ClaimAsync();
        Guid grandchild = await EnqueueAsync(with: job => job with { ParentJobId = child });

        CancelResult result = await Engine.Client.CancelAsync(parent, null, Cancel);
        Assert.Equal((JobStatus.Cancelled, 2), (result.Job.Status, result.ChildrenCancelled));
        Assert.False(await FinishAsync(Succeeded(running)));
        Assert.Equal(JobStatus.Cancelled, (await JobAsync(grandchild)).Status);
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task A_running_job_is_not_deleted_and_a_finished_one_goes_with_its_history()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await Assert.ThrowsAsync<JobRunningException>(() => Engine.Client.DeleteAsync(id, Cancel));
        await FinishAsync(Succeeded(lease));
        await Engine.Client.DeleteAsync(id, Cancel);
        Assert.Null(await Engine.Reader.FindAsync(id, Cancel));
        Assert.Empty(await EventNamesAsync(id));
        await Assert.ThrowsAsync<JobNotFoundException>(() => Engine.Client.DeleteAsync(id, Cancel));
    }

    [Fact]
    public async Task The_reaper_fails_a_job_that_is_both_too_old_and_silent()
    {
        Guid id = await EnqueueAsync();
        await ClaimAsync();
        Time.Advance(Timeout + TimeSpan.FromSeconds(1));
        ReapReport report = await Store.ReapAsync(Timeout, Stall, Cancel);
        ReapReport again = await Store.ReapAsync(Timeout, Stall, Cancel);
        Job job = await JobAsync(id);
        Assert.Equal([id], report.Reaped);
        Assert.Empty(again.Reaped);
        Assert.Equal((JobStatus.Failed, "JobTimeout"), (job.Status, job.ErrorCode));
        Assert.Single(await EventNamesAsync(id), "job.timeout");
    }

    [Fact]
    public async Task The_reaper_skips_an_old_job_that_wrote_an_event_within_the_stall_window()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Time.Advance(Timeout);
        await Store.AppendEventAsync(lease, new JobEventDraft("still.alive", JobEventLevel.Info, null, "{}"), null, Cancel);
        Time.Advance(Stall);
        ReapReport report = await Store.ReapAsync(Timeout, Stall, Cancel);
        Assert.Empty(report.Reaped);
        Assert.Equal([id], report.Skipped);
        Assert.Equal(JobStatus.Running, (await JobAsync(id)).Status);
    }

    [Fact]
    public async Task Retention_removes_old_finished_jobs_and_keeps_those_with_a_pending_dead_letter()
    {
        Guid done = await EnqueueAsync();
        await FinishAsync(Succeeded(await ClaimAsync()));
        Guid dead = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync()));
        Guid waiting = await EnqueueAsync();
        Time.Advance(TimeSpan.FromDays(31));
        Guid young = await EnqueueAsync(with: job => job with { Priority = 1 });
        await FinishAsync(Succeeded(await ClaimAsync()));

        Assert.Equal(1, (await Store.PruneAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), null, 100, Cancel)).Removed);
        Assert.Null(await Engine.Reader.FindAsync(done, Cancel));
        foreach (Guid kept in (Guid[])[dead, waiting, young])
            Assert.NotNull(await Engine.Reader.FindAsync(kept, Cancel));
    }

    [Fact]
    public async Task Retention_goes_on_behind_what_it_keeps()
    {
        List<Guid> ids = [];
        for (int i = 0; i < 8; i++)
        {
            ids.Add(await EnqueueAsync(with: i == 6 ? job => job with { UniqueKey = "key", DependsOn = [ids[5]] } : null));
            JobLease lease = await ClaimAsync();
            // The first three wait for a review: they alone would fill a step.
            await FinishAsync(i < 3 ? Threw(lease) : Succeeded(lease));
        }
        Time.Advance(TimeSpan.FromDays(31));

        List<PruneStep> steps = [];
        do
            steps.Add(await Store.PruneAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), steps.LastOrDefault()?.Last, 3, Cancel));
        while (steps[^1].Last is not null);

        Assert.Equal([new PruneStep(0, ids[2]), new PruneStep(3, ids[5]), new PruneStep(2, null)], steps);
        Assert.Equal(ids[..3], (await Engine.Reader.ListAsync(new JobFilter(), Cancel)).Select(j => j.Id).Order());
    }

    [Fact]
    public async Task A_job_that_waits_takes_no_word_from_the_execution_that_dispatched_it()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await FinishAsync(new Completion.JobReturned(
            lease, new JobOutcome.Dispatched("{}", ["first"], ["{}", "{}"], null, 0), null, [new StageDraft("first", "items")]));
        await Assert.ThrowsAsync<LeaseLostException>(() => Store.AppendEventAsync(
            lease, new JobEventDraft("late.word", JobEventLevel.Info, null, "{}"), new Progress(9, 10), Cancel));
        Job job = await JobAsync(id);
        Assert.Equal((0L, 2L), (job.ProgressCurrent, job.ProgressTotal));
    }

    [Fact]
    public async Task A_parent_that_succeeds_at_last_shows_no_error_of_an_earlier_attempt()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync(), Time.GetUtcNow()));
        await FinishAsync(new Completion.JobReturned(await ClaimAsync(), new JobOutcome.AwaitsChildren("{}"), null, []));
        Job job = await JobAsync(id);
        Assert.Equal((JobStatus.Succeeded, null, null), (job.Status, job.ErrorCode, job.ErrorMessage));
    }

    [Fact]
    public async Task A_child_that_outlives_its_deleted_parent_leaves_no_event_of_it()
    {
        Guid parent = await EnqueueAsync(with: job => job with { Delay = TimeSpan.FromHours(1) });
        await EnqueueAsync(with: job => job with { ParentJobId = parent });
        JobLease child = await ClaimAsync();
        await Engine.Client.DeleteAsync(parent, Cancel);
        await FinishAsync(Threw(child));
        Assert.Empty(await EventNamesAsync(parent));
    }

    private static (JobStatus, string?, long?) Waiting(Job job) => (job.Status, job.WaitingFor, job.ProgressCurrent);
}
