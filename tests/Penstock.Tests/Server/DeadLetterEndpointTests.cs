using System.Text.Json;
using Penstock.Client;
using Penstock.Client.DeadLetters;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Dead letters over HTTP: review, edit, archive, and many at once as a job.</summary>
public sealed class DeadLetterEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reviewer_takes_a_letter_mends_its_payload_and_sends_it_again_successfully()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        DeadLetterView letter = await FailAsync(server, "test.lookup", """{"name":"nowhere"}""");

        DeadLetterView review = await server.Admin.ReviewDeadLetterAsync(letter.Id, new DeadLetterReviewRequest { Urgency = "high", Note = "asked" }, Cancel);
        Assert.Equal(("in_review", "workspace", "high"), (review.Status, review.Assignee, review.Urgency));
        DeadLetterView edited = await server.Admin.EditDeadLetterAsync(
            letter.Id, new DeadLetterEditRequest { Payload = Parse("""{"name":"somewhere"}"""), Note = "typo" }, Cancel);
        Assert.True(edited.Edited);
        RedriveReply reply = await server.Admin.RedriveDeadLetterAsync(letter.Id, Cancel);
        JobDetail job = await server.Admin.WaitForJobAsync(reply.Id, _ => { }, Cancel);

        Assert.Equal(("succeeded", "somewhere"), (job.Status, job.Payload.GetProperty("name").GetString()));
        DeadLetterView after = await server.Admin.DeadLetterAsync(letter.Id, Cancel);
        Assert.Equal(["reviewed", "edited", "redriven"], after.History!.Select(action => action.Action));
        Assert.Equal("nowhere", after.History![1].PayloadBefore!.Value.GetProperty("name").GetString());
    }

    [Fact]
    public async Task An_edit_that_does_not_fit_the_operation_is_refused_and_changes_nothing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        DeadLetterView letter = await FailAsync(server, "test.lookup", """{"name":"nowhere"}""");
        foreach (string wrong in (string[])["""{"payload":{"name":5}}""", """{"payload":{}}"""])
        {
            (int status, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Put, $"/dead-letters/{letter.Id}/payload", wrong);
            Assert.Equal((422, "payload-invalid"), (status, problem!.Code));
        }
        (int refused, ProblemView? list, _) = await server.SendAsync(HttpMethod.Put, $"/dead-letters/{letter.Id}/payload", """{"payload":[1]}""");
        Assert.Equal((422, "review-invalid"), (refused, list!.Code));
        DeadLetterView after = await server.Admin.DeadLetterAsync(letter.Id, Cancel);
        Assert.Equal((false, "pending", 0), (after.Edited, after.Status, after.History!.Count));
    }

    [Fact]
    public async Task An_archived_letter_leaves_the_open_ones_and_comes_back_when_it_is_reopened()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        DeadLetterView letter = await FailAsync(server, "test.fail", "{}");
        await server.Admin.ArchiveDeadLetterAsync(letter.Id, "superseded", Cancel);
        Assert.Empty(await server.Admin.DeadLettersAsync(new DeadLetterQuery { Status = "open" }, Cancel));
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.RedriveDeadLetterAsync(letter.Id, Cancel));
        Assert.Equal("dead-letter-settled", refusal.Code);

        Assert.Equal("pending", (await server.Admin.ReopenDeadLetterAsync(letter.Id, null, Cancel)).Status);
        Assert.Single(await server.Admin.DeadLettersAsync(new DeadLetterQuery { Status = "open" }, Cancel));
    }

    [Fact]
    public async Task Many_letters_are_sent_again_by_a_job_that_tells_its_progress_and_leaves_newer_ones_alone()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        for (int i = 0; i < 5; i++)
            await FailAsync(server, "test.fail", "{}");
        DeadLetterView other = await FailAsync(server, "test.lookup", """{"name":"nowhere"}""");

        QueuedJob settling = await server.Admin.RedriveDeadLettersAsync(new DeadLetterSelection { Operation = "test.fail" }, Cancel);
        JobDetail job = await server.Admin.WaitForJobAsync(settling.Id, _ => { }, Cancel);

        Assert.Equal(("succeeded", 5L, 5L), (job.Status, job.ProgressCurrent, job.ProgressTotal));
        JsonElement result = job.Result!.Value;
        Assert.Equal((5, 0, 0), (result.GetProperty("settled").GetInt32(), result.GetProperty("skipped").GetInt32(), result.GetProperty("failed").GetInt32()));
        Assert.Equal(5, (await server.Admin.CountDeadLettersAsync(new DeadLetterQuery { Status = "redriven" }, Cancel)).Count);
        Assert.Equal("pending", (await server.Admin.DeadLetterAsync(other.Id, Cancel)).Status);
    }

    [Fact]
    public async Task Many_letters_are_archived_with_a_note_and_only_open_ones_can_be_chosen()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        DeadLetterView letter = await FailAsync(server, "test.fail", "{}");
        QueuedJob settling = await server.Admin.ArchiveDeadLettersAsync(new DeadLetterSelection { Note = "old" }, Cancel);
        await server.Admin.WaitForJobAsync(settling.Id, _ => { }, Cancel);
        DeadLetterView after = await server.Admin.DeadLetterAsync(letter.Id, Cancel);
        Assert.Equal(("archived", "old"), (after.Status, after.History!.Single().Note));

        (int status, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Post, "/dead-letters/redrive", """{"status":"archived"}""");
        Assert.Equal((400, "dead-letter-status-unknown"), (status, problem!.Code));
    }

    [Fact]
    public async Task A_finished_job_is_requeued_where_penstock_yaml_allows_it_and_refused_elsewhere()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            services: services => new PenstockBuilder(services).AddQueue(
                new QueueDefinition("test.quick") { Finished = FinishedPolicy.Requeueable }));
        Guid id = await server.EnqueueAsync("test.add", """{"a":1,"b":2}""");
        JobDetail first = await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        Assert.True(first.Requeueable);
        await server.Admin.RequeueJobAsync(id, Cancel);
        JobDetail second = await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        Assert.Equal(("succeeded", 2), (second.Status, second.Attempt));

        Guid waiting = await server.EnqueueAsync("test.wait");
        await server.Admin.CancelJobAsync(waiting, null, Cancel);
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.RequeueJobAsync(waiting, Cancel));
        Assert.Equal("job-finished-immutable", refusal.Code);
    }

    [Fact]
    public async Task A_viewer_reads_letters_and_decides_nothing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        DeadLetterView letter = await FailAsync(server, "test.fail", "{}");
        PenstockClient viewer = await server.AsAsync("viewer");
        Assert.Equal(letter.Id, (await viewer.DeadLetterAsync(letter.Id, Cancel)).Id);
        foreach (Func<Task> act in (Func<Task>[])
            [
                () => viewer.ReviewDeadLetterAsync(letter.Id, new DeadLetterReviewRequest(), Cancel),
                () => viewer.ArchiveDeadLetterAsync(letter.Id, null, Cancel),
                () => viewer.RedriveDeadLettersAsync(new DeadLetterSelection(), Cancel),
            ])
        {
            PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(act);
            Assert.Equal(System.Net.HttpStatusCode.Forbidden, refusal.Status);
        }
    }

    private static async Task<DeadLetterView> FailAsync(ServerUnderTest server, string operation, string payload)
    {
        Guid id = await server.EnqueueAsync(operation, payload);
        await server.Admin.WaitForJobAsync(id, _ => { }, Cancel);
        return (await server.Admin.DeadLettersAsync(new DeadLetterQuery { JobId = id }, Cancel)).Single();
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);
}
