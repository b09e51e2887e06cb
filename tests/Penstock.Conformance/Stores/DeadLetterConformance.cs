using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Reviews of dead letters, edits, archive, and running finished jobs again.</summary>
public abstract class DeadLetterConformance : StoreConformance
{
    private IDeadLetterStore Letters => Engine.Services.GetRequiredService<IDeadLetterStore>();

    [Fact]
    public async Task A_review_says_who_looks_and_how_urgent_it_is_and_keeps_every_note()
    {
        DeadLetter letter = await FailOneAsync();
        await Letters.ReviewAsync(letter.Id, new DeadLetterReview("ada", "high", "asked the data team"), "ada", Cancel);
        DeadLetter after = await Letters.ReviewAsync(letter.Id, new DeadLetterReview(Note: "no answer"), "bob", Cancel);

        Assert.Equal(("in_review", "ada", "high"), (after.Status, after.Assignee, after.Urgency));
        Assert.Equal(
            [("ada", "reviewed", "asked the data team"), ("bob", "reviewed", "no answer")],
            (await Letters.ActionsAsync(letter.Id, Cancel)).Select(a => (a.Actor!, a.Action, a.Note!)));
    }

    [Fact]
    public async Task An_edited_payload_is_what_a_redrive_runs_and_the_old_one_stays_in_the_history()
    {
        Guid id = await EnqueueAsync(with: job => job with { Payload = """{"url":"wrong"}""" });
        await FinishAsync(Threw(await ClaimAsync()));
        DeadLetter letter = await OnlyDeadLetterAsync();
        await Letters.EditAsync(letter.Id, """{"url":"right"}""", "typo", "ada", Cancel);
        await Engine.Client.RedriveAsync(letter.Id, "ada", Cancel);

        JobLease again = await ClaimAsync();
        Assert.Equal((id, """{"url":"right"}"""), (again.JobId, again.Payload));
        IReadOnlyList<DeadLetterAction> history = await Letters.ActionsAsync(letter.Id, Cancel);
        Assert.Equal(["edited", "redriven"], history.Select(a => a.Action));
        Assert.Equal("""{"url":"wrong"}""", history[0].PayloadBefore);
    }

    [Fact]
    public async Task An_edited_item_is_sent_with_its_new_payload()
    {
        await DispatchAsync(items: 1);
        ItemLease item = (ItemLease)(await ClaimManyAsync("worker-a")).Single();
        await FinishAsync(Threw(item));
        DeadLetter letter = await OnlyDeadLetterAsync();
        await Letters.EditAsync(letter.Id, """{"mended":true}""", null, "ada", Cancel);
        await Engine.Client.RedriveAsync(letter.Id, "ada", Cancel);
        Assert.Equal("""{"mended":true}""", (await ClaimManyAsync("worker-a")).Single().Payload);
    }

    [Fact]
    public async Task An_archived_letter_is_not_sent_until_it_is_reopened()
    {
        DeadLetter letter = await FailOneAsync();
        await Letters.ArchiveAsync(letter.Id, "superseded", "ada", Cancel);
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => Engine.Client.RedriveAsync(letter.Id, "ada", Cancel));
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => Letters.EditAsync(letter.Id, "{}", null, "ada", Cancel));
        Assert.Single(await Letters.ActionsAsync(letter.Id, Cancel)); // A refused edit leaves no trace.

        DeadLetter open = await Letters.ReopenAsync(letter.Id, null, "ada", Cancel);
        Assert.Equal(("pending", null), (open.Status, open.SettledAt));
        await Engine.Client.RedriveAsync(letter.Id, "ada", Cancel);
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => Letters.ReopenAsync(letter.Id, null, "ada", Cancel));
    }

    [Fact]
    public async Task A_letter_of_a_job_that_is_not_failed_any_more_says_so()
    {
        DeadLetter letter = await FailOneAsync();
        await Engine.Client.CancelAsync(letter.JobId, null, Cancel); // Failed already: stays failed.
        await Engine.Client.RedriveAsync(letter.Id, "ada", Cancel);
        await FinishAsync(Threw(await ClaimAsync()));
        DeadLetter second = (await Engine.Reader.DeadLettersAsync(new DeadLetterFilter(Status: "open"), Cancel)).Single();
        Assert.NotEqual(letter.Id, second.Id);
        await Engine.Client.RedriveAsync(second.Id, "ada", Cancel);
        await Assert.ThrowsAsync<DeadLetterSettledException>(() => Engine.Client.RedriveAsync(second.Id, "ada", Cancel));
    }

    [Fact]
    public async Task Retention_keeps_what_is_in_review_and_takes_what_is_archived()
    {
        DeadLetter reviewed = await FailOneAsync();
        DeadLetter archived = await FailOneAsync();
        await Letters.ReviewAsync(reviewed.Id, new DeadLetterReview("ada"), "ada", Cancel);
        await Letters.ArchiveAsync(archived.Id, null, "ada", Cancel);
        Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(1, (await Store.PruneAsync(Time.GetUtcNow() - TimeSpan.FromDays(30), null, 100, Cancel)).Removed);
        Assert.Equal(reviewed.Id, (await OnlyDeadLetterAsync()).Id);
        Assert.Empty(await Letters.ActionsAsync(archived.Id, Cancel));
    }

    [Fact]
    public async Task A_finished_job_runs_again_only_where_its_queue_allows_it()
    {
        Guid done = await EnqueueAsync("again");
        await FinishAsync(Succeeded(await ClaimAgainAsync()));
        await Engine.Client.RequeueAsync(done, "ada", Cancel);
        JobLease second = await ClaimAgainAsync();
        Assert.Equal((done, 2, 0), (second.JobId, second.Attempt, second.Failures));
        await Assert.ThrowsAsync<JobNotFinishedException>(() => Engine.Client.RequeueAsync(done, "ada", Cancel));
        Assert.Equal(["job.created", "job.started", "job.succeeded", "job.requeued", "job.started"], await EventNamesAsync(done));

        Guid final = await EnqueueAsync();
        await FinishAsync(Succeeded(await ClaimAsync()));
        await Assert.ThrowsAsync<JobFinishedImmutableException>(() => Engine.Client.RequeueAsync(final, "ada", Cancel));
        Assert.Equal(JobStatus.Succeeded, (await JobAsync(final)).Status);
    }

    [Fact]
    public async Task A_requeued_job_waits_for_its_retry_whatever_hint_its_earlier_life_left()
    {
        Guid id = await EnqueueAsync("again", job => job with { Delay = TimeSpan.FromMinutes(1) });
        await Engine.Client.CancelAsync(id, null, Cancel);
        await Engine.Client.RequeueAsync(id, "ada", Cancel);
        await FinishAsync(Threw(await ClaimAgainAsync(), Time.GetUtcNow() + TimeSpan.FromHours(1)));
        Time.Advance(TimeSpan.FromMinutes(2)); // The delay of before the cancellation is over.
        Assert.Empty((await Store.ExchangeAsync([], new ClaimRequest("worker-a", [RequeueableQueue], 1), Cancel)).Leases);
        Time.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal(2, (await ClaimAgainAsync()).Attempt);
    }

    [Fact]
    public async Task Requeueing_a_failed_job_settles_its_dead_letter()
    {
        Guid id = await EnqueueAsync("again");
        await FinishAsync(Threw(await ClaimAgainAsync()));
        await Engine.Client.RequeueAsync(id, "ada", Cancel);
        Assert.Equal(("redriven", "ada"), ((await OnlyDeadLetterAsync()).Status, (await OnlyDeadLetterAsync()).SettledBy));
        Assert.Equal((JobStatus.Queued, null), ((await JobAsync(id)).Status, (await JobAsync(id)).ErrorCode));
    }

    private async Task<DeadLetter> FailOneAsync()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync()));
        return (await Engine.Reader.DeadLettersAsync(new DeadLetterFilter(JobId: id), Cancel)).Single();
    }

    private async Task<JobLease> ClaimAgainAsync() =>
        (JobLease)(await Store.ExchangeAsync([], new ClaimRequest("worker-a", [RequeueableQueue], 1), Cancel)).Leases.Single();
}
