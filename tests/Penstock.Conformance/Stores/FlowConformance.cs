using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

public abstract class FlowConformance : StoreConformance
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_step_is_stored_once_with_its_event_and_never_overwritten()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.False(lease.HasSteps);
        await Store.StoreStepAsync(lease, Step("extract", "1"), Cancel);
        await Store.StoreStepAsync(lease, Step("extract", "2"), Cancel);
        Assert.Equal([new StoredStep("extract", StepKind.Step, StepOutcome.Completed, "1")], await Store.StepsAsync(id, Cancel));
        Assert.Equal(["job.created", "job.started", "step.completed"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task An_older_attempt_stores_no_step_any_more()
    {
        Guid id = await EnqueueAsync();
        JobLease old = await ClaimAsync();
        await FinishAsync(new Completion.Released(old));
        JobLease present = await ClaimAsync();
        await Assert.ThrowsAsync<LeaseLostException>(() => Store.StoreStepAsync(old, Step("extract", "1"), Cancel));
        await Store.StoreStepAsync(present, Step("extract", "2"), Cancel);
        await Assert.ThrowsAsync<LeaseLostException>(() => Store.StoreStepAsync(old, Step("extract", "3"), Cancel));
        Assert.Equal("2", Assert.Single(await Store.StepsAsync(id, Cancel)).Output);
    }

    [Fact]
    public async Task A_redrive_keeps_completed_steps_and_forgets_a_wait_that_ran_out()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await Store.StoreStepAsync(lease, Step("extract", "1"), Cancel);
        Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", TimeSpan.FromSeconds(1), Cancel));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(StepOutcome.TimedOut, (await Store.AwaitSignalAsync(lease, "go", "go", null, Cancel))!.Outcome);
        await FinishAsync(Threw(lease));
        Assert.Equal(2, (await Store.StepsAsync(id, Cancel)).Count);
        await Engine.Client.RedriveAsync((await OnlyDeadLetterAsync()).Id, null, Cancel);
        Assert.Equal("extract", Assert.Single(await Store.StepsAsync(id, Cancel)).Name);
        Assert.True((await ClaimAsync()).HasSteps);
    }

    [Fact]
    public async Task A_sleeping_job_holds_no_slot_spends_nothing_and_comes_back_at_its_time()
    {
        Guid id = await EnqueueAsync("single");
        Guid next = await EnqueueAsync("single");
        DateTimeOffset wakeAt = Time.GetUtcNow() + Hour;
        Assert.True(await SuspendAsync(await ClaimAsync(), new Suspension.Sleep("night", wakeAt)));
        Job asleep = await JobAsync(id);
        Assert.Equal((JobStatus.Queued, "sleep", wakeAt, 0), (asleep.Status, asleep.WaitingFor, asleep.RunAt, asleep.Retries));
        JobLease other = await ClaimAsync();
        Assert.Equal(next, other.JobId);
        await FinishAsync(Succeeded(other));

        Time.Advance(Hour - TimeSpan.FromMilliseconds(1));
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Time.Advance(TimeSpan.FromMilliseconds(1));
        JobLease again = await ClaimAsync();
        Assert.Equal((id, 2, 0, 0), (again.JobId, again.Attempt, again.Failures, again.Retries));
        Assert.Null((await JobAsync(id)).WaitingFor);
        Assert.Equal(["job.created", "job.started", "job.sleeping", "step.completed", "job.started"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_suspension_that_comes_too_late_changes_nothing()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await Engine.Client.CancelAsync(id, null, Cancel);
        Assert.False(await SuspendAsync(lease, new Suspension.Sleep("night", Time.GetUtcNow() + Hour)));
        Assert.Empty(await Store.StepsAsync(id, Cancel));
        Assert.Equal(JobStatus.Cancelled, (await JobAsync(id)).Status);
    }

    [Fact]
    public async Task The_first_signal_of_a_name_stands()
    {
        Assert.True(await Engine.Client.SendSignalAsync("release", "1", "ada", Cancel));
        Assert.False(await Engine.Client.SendSignalAsync("release", "2", "bob", Cancel));
        await EnqueueAsync();
        Assert.Equal("1", (await Store.AwaitSignalAsync(await ClaimAsync(), "release", "release", null, Cancel))!.Output);
    }

    [Fact]
    public async Task A_wait_without_time_tells_at_once_whether_the_signal_was_sent()
    {
        await Engine.Client.SendSignalAsync("sent", "1", null, Cancel);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Equal(StepOutcome.TimedOut, (await Store.AwaitSignalAsync(lease, "unsent", "unsent", TimeSpan.Zero, Cancel))!.Outcome);
        Assert.Equal("1", (await Store.AwaitSignalAsync(lease, "sent", "sent", TimeSpan.Zero, Cancel))!.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_signal_wakes_the_job_that_waits_whether_it_comes_before_or_after_the_slot_is_free(bool before)
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", Hour, Cancel));
        if (before)
            await Engine.Client.SendSignalAsync("go", "\"now\"", null, Cancel);
        Assert.True(await SuspendAsync(lease, new Suspension.Signal("go")));
        if (!before)
        {
            Assert.Equal("signal", (await JobAsync(id)).WaitingFor);
            Assert.Empty(await ClaimManyAsync("worker-a"));
            await Engine.Client.SendSignalAsync("go", "\"now\"", null, Cancel);
        }
        JobLease again = await ClaimAsync();
        Assert.Equal("\"now\"", (await Store.AwaitSignalAsync(again, "go", "go", Hour, Cancel))!.Output);
        // The hint of the deadline is gone with the wait.
        await FinishAsync(Threw(again, Time.GetUtcNow() + 2 * Hour));
        Time.Advance(Hour);
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Theory]
    [InlineData(-1, StepOutcome.Completed)]
    [InlineData(0, StepOutcome.TimedOut)]
    [InlineData(1, StepOutcome.TimedOut)]
    public async Task A_signal_is_in_time_if_it_was_sent_before_the_deadline_however_late_the_job_looks(int milliseconds, StepOutcome outcome)
    {
        await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", Hour, Cancel));
        await SuspendAsync(lease, new Suspension.Signal("go"));
        Time.Advance(Hour + TimeSpan.FromMilliseconds(milliseconds));
        await Engine.Client.SendSignalAsync("go", "1", null, Cancel);
        Time.Advance(Hour);
        Assert.Equal(outcome, (await Store.AwaitSignalAsync(await ClaimAsync(), "go", "go", Hour, Cancel))!.Outcome);
    }

    [Fact]
    public async Task A_wait_without_a_signal_ends_at_its_deadline_which_later_looks_do_not_move()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", Hour, Cancel));
        Time.Advance(Hour / 2);
        Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", Hour, Cancel));
        await SuspendAsync(lease, new Suspension.Signal("go"));
        Time.Advance(Hour / 2);
        JobLease again = await ClaimAsync();
        Assert.Equal(StepOutcome.TimedOut, (await Store.AwaitSignalAsync(again, "go", "go", Hour, Cancel))!.Outcome);
        Assert.Contains("step.timed_out", await EventNamesAsync(id));
    }

    [Fact]
    public async Task One_signal_wakes_all_that_wait_for_it_more_than_one_transaction_takes_too()
    {
        NewJob[] jobs = [.. Enumerable.Range(0, 1_200).Select(_ => new NewJob("nothing", "{}"))];
        await Engine.Client.EnqueueManyAsync(jobs, Cancel);
        foreach (JobLease lease in (await ClaimManyAsync("worker-a", 2_000)).Cast<JobLease>())
        {
            Assert.Null(await Store.AwaitSignalAsync(lease, "go", "go", null, Cancel));
            await SuspendAsync(lease, new Suspension.Signal("go"));
        }
        Assert.Empty(await ClaimManyAsync("worker-a"));
        await Engine.Client.SendSignalAsync("go", "1", null, Cancel);
        Assert.Equal(1_200, (await ClaimManyAsync("worker-a", 2_000)).Count);
    }

    [Fact]
    public async Task Retention_removes_old_signals_for_which_nobody_waits()
    {
        await Engine.Client.SendSignalAsync("old", "1", null, Cancel);
        await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await Store.AwaitSignalAsync(lease, "awaited", "awaited", null, Cancel));
        await Engine.Client.SendSignalAsync("awaited", "1", null, Cancel);
        Time.Advance(TimeSpan.FromDays(31));
        await Engine.Client.SendSignalAsync("young", "1", null, Cancel);
        Assert.Equal(1, await Store.PruneSignalsAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), 100, Cancel));
        Assert.True(await Engine.Client.SendSignalAsync("old", "2", null, Cancel));
        Assert.False(await Engine.Client.SendSignalAsync("awaited", "2", null, Cancel));
    }

    [Fact]
    public async Task Awaited_children_are_enqueued_once_and_wake_their_parent_at_the_last_end()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await AwaitTwoAsync(lease));
        Assert.Null(await AwaitTwoAsync(lease)); // The answer was lost, say.
        await SuspendAsync(lease, new Suspension.Children("parts"));
        List<JobLease> children = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToList();
        Assert.Equal(2, children.Count);
        await FinishAsync(Succeeded(children[0], "10"));
        Assert.Empty(await ClaimManyAsync("worker-a"));
        await FinishAsync(Succeeded(children[1], "20"));

        JobLease again = await ClaimAsync();
        Assert.Equal(parent, again.JobId);
        StoredStep step = (await AwaitTwoAsync(again))!;
        Assert.Equal((StepOutcome.Completed, "10,20"), (step.Outcome, Results(step)));
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task A_child_that_ends_before_its_parent_has_left_its_slot_is_not_missed()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await AwaitTwoAsync(lease));
        foreach (JobLease child in (await ClaimManyAsync("worker-b")).Cast<JobLease>())
            await FinishAsync(Succeeded(child));
        await SuspendAsync(lease, new Suspension.Children("parts"));
        Assert.Equal(parent, (await ClaimAsync()).JobId);
    }

    [Fact]
    public async Task A_failed_child_is_decided_once_until_the_parent_is_redriven_and_looks_again()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await AwaitTwoAsync(lease));
        await SuspendAsync(lease, new Suspension.Children("parts"));
        List<JobLease> children = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToList();
        await FinishAsync(Succeeded(children[0], "10"));
        await FinishAsync(Threw(children[1]));
        JobLease again = await ClaimAsync();
        Assert.Equal(StepOutcome.Failed, (await AwaitTwoAsync(again))!.Outcome);
        await FinishAsync(Threw(again));

        foreach (DeadLetter letter in await Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel))
            await Engine.Client.RedriveAsync(letter.Id, null, Cancel);
        Dictionary<Guid, JobLease> both = (await ClaimManyAsync("worker-a")).Cast<JobLease>().ToDictionary(l => l.JobId);
        Assert.Null(await AwaitTwoAsync(both[parent]));
        await SuspendAsync(both[parent], new Suspension.Children("parts"));
        await FinishAsync(Succeeded(both[children[1].JobId], "20"));
        Assert.Equal("10,20", Results((await AwaitTwoAsync(await ClaimAsync()))!));
    }

    [Fact]
    public async Task Cancelling_a_parent_that_awaits_children_cancels_them()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Assert.Null(await AwaitTwoAsync(lease));
        await SuspendAsync(lease, new Suspension.Children("parts"));
        CancelResult result = await Engine.Client.CancelAsync(parent, null, Cancel);
        Assert.Equal(2, result.ChildrenCancelled);
        Assert.Empty(await ClaimManyAsync("worker-a"));
    }

    [Fact]
    public async Task A_child_that_waits_for_its_parent_in_a_circle_is_refused()
    {
        Guid parent = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        Guid blocked = await EnqueueAsync(with: job => job with { DependsOn = [parent] });
        JobDraft child = Draft(new NewJob("nothing", "{}") { ParentJobId = parent, DependsOn = [blocked] });
        InvalidJobException error = await Assert.ThrowsAsync<InvalidJobException>(
            () => Store.AwaitChildrenAsync(lease, "parts", [child], Cancel));
        Assert.Contains("neither would go on", error.Message);
    }

    [Fact]
    public async Task A_person_can_unblock_a_job_and_only_one_that_is_blocked()
    {
        Guid first = await EnqueueAsync(with: job => job with { Priority = -1 });
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first] });
        Job unblocked = await Engine.Client.UnblockAsync(second, "ada", Cancel);
        Assert.Null(unblocked.WaitingFor);
        Assert.Equal(second, (await ClaimAsync()).JobId);
        await Assert.ThrowsAsync<JobNotBlockedException>(() => Engine.Client.UnblockAsync(first, "ada", Cancel));
        await Assert.ThrowsAsync<JobNotFoundException>(() => Engine.Client.UnblockAsync(NewId(), "ada", Cancel));
    }

    private static StepDraft Step(string name, string output) => new(name, StepKind.Step, output, TimeSpan.FromSeconds(1));

    private Task<bool> SuspendAsync(JobLease lease, Suspension wait) => FinishAsync(new Completion.Suspended(lease, wait));

    private Task<StoredStep?> AwaitTwoAsync(JobLease lease) => Store.AwaitChildrenAsync(
        lease, "parts", [.. Enumerable.Range(0, 2).Select(_ => Draft(new NewJob("nothing", "{}") { ParentJobId = lease.JobId }))], Cancel);

    private JobDraft Draft(NewJob job) => Engine.Services.GetRequiredService<JobDrafting>().Draft(job);

    private static string Results(StoredStep step) => string.Join(
        ',', JsonSerializer.Deserialize<List<ChildEnd>>(step.Output, PayloadJson.Options)!.Select(e => e.Result));
}
