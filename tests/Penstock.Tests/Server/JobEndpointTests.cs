using System.Text.Json;
using Penstock.Client;
using Penstock.Client.DeadLetters;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Operations;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Jobs over HTTP, with the typed client, from enqueue to their ends.</summary>
public sealed class JobEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_enqueued_watched_to_its_end_and_shown_with_its_result()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.add", """{"a":2,"b":3}""");

        List<string> seen = [];
        JobDetail job = await server.Admin.WaitForJobAsync(id, entry => seen.Add(entry.Event), Cancel);

        Assert.Equal(["job.created", "job.started", "job.succeeded"], seen);
        Assert.Equal(("succeeded", "test.add", "test.quick", 1), (job.Status, job.Operation, job.QueueName, job.Attempt));
        Assert.Equal(5, job.Result!.Value.GetProperty("sum").GetInt32());
        Assert.Equal(2, job.Payload.GetProperty("a").GetInt32());
        Assert.Empty(job.Stages);
    }

    [Fact]
    public async Task The_wire_form_of_a_job_has_the_documented_members_and_UTC_instants()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid id = await server.EnqueueAsync("test.add", """{"a":1,"b":1}""");

        (int status, _, string body) = await server.SendAsync(HttpMethod.Get, "/jobs");

        Assert.Equal(200, status);
        JsonElement row = Assert.Single(JsonDocument.Parse(body).RootElement.EnumerateArray().ToList());
        Assert.Equal(
            [
                "id", "operation", "queue_name", "status", "parent_job_id", "created_at", "started_at", "finished_at", "run_at",
                "progress_current", "progress_total", "error_code", "error_message", "priority", "attempt", "max_attempts", "retries",
                "worker_id", "waiting_for",
            ],
            row.EnumerateObject().Select(member => member.Name));
        Assert.Equal($"{id}", row.GetProperty("id").GetString());
        Assert.Equal("queued", row.GetProperty("status").GetString());
        Assert.EndsWith("Z", row.GetProperty("created_at").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("started_at").ValueKind);
    }

    [Fact]
    public async Task Listings_filter_page_by_offset_and_by_cursor_and_show_the_newest_first()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        List<Guid> made = [];
        for (int i = 0; i < 5; i++)
            made.Add(await server.EnqueueAsync(i == 2 ? "test.wait" : "test.add", """{"a":1,"b":1}"""));
        made.Reverse();

        Assert.Equal(made, (await server.Admin.JobsAsync(new JobQuery(), Cancel)).Select(job => job.Id));
        Assert.Equal(made[1..3], (await server.Admin.JobsAsync(new JobQuery { Limit = 2, Offset = 1 }, Cancel)).Select(job => job.Id));
        Assert.Equal(made[3..], (await server.Admin.JobsAsync(new JobQuery { Before = made[2] }, Cancel)).Select(job => job.Id));
        Assert.Equal([made[2]], (await server.Admin.JobsAsync(new JobQuery { QueueName = "test.slow" }, Cancel)).Select(job => job.Id));
        Assert.Equal([made[2]], (await server.Admin.JobsAsync(new JobQuery { Operation = "test.wait" }, Cancel)).Select(job => job.Id));
        Assert.Empty(await server.Admin.JobsAsync(new JobQuery { Status = "failed" }, Cancel));
    }

    [Fact]
    public async Task Children_are_left_out_of_listings_unless_they_or_their_parent_are_asked_for()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid parent = await server.EnqueueAsync("test.wait");
        QueuedJob child = await server.Admin.EnqueueAsync(new JobRequest("test.wait") { ParentJobId = parent }, Cancel);

        Assert.Equal([parent], (await server.Admin.JobsAsync(new JobQuery(), Cancel)).Select(job => job.Id));
        Assert.Equal([child.Id, parent], (await server.Admin.JobsAsync(new JobQuery { IncludeChildren = true }, Cancel)).Select(job => job.Id));
        Assert.Equal([child.Id], (await server.Admin.JobsAsync(new JobQuery { ParentJobId = parent }, Cancel)).Select(job => job.Id));

        CancelledJob cancelled = await server.Admin.CancelJobAsync(parent, "no longer needed", Cancel);
        Assert.Equal(("cancelled", 1), (cancelled.Status, cancelled.ChildrenCancelled));
        Assert.Equal("cancelled", (await server.Admin.JobAsync(child.Id, Cancel)).Status);
    }

    [Fact]
    public async Task The_same_idempotency_key_answers_with_the_first_job()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        JobRequest request = new("test.wait") { IdempotencyKey = "nightly 2026-03-01" };

        QueuedJob first = await server.Admin.EnqueueAsync(request, Cancel);
        await server.Admin.CancelJobAsync(first.Id, null, Cancel);
        QueuedJob second = await server.Admin.EnqueueAsync(request, Cancel);

        Assert.Equal(new QueuedJob(first.Id, "cancelled", Existed: true), second);
    }

    [Fact]
    public async Task A_cancellation_without_a_body_works_and_a_second_one_changes_nothing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid id = await server.EnqueueAsync("test.wait");

        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, $"/jobs/{id}/cancel")).Status);
        (int status, _, string body) = await server.SendAsync(HttpMethod.Post, $"/jobs/{id}/cancel");

        Assert.Equal(200, status);
        Assert.Equal($$"""{"id":"{{id}}","status":"cancelled","children_cancelled":0}""", body);
    }

    [Fact]
    public async Task A_running_job_cannot_be_deleted_and_an_ended_one_is_gone_with_its_history()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.wait");
        while ((await server.Admin.JobAsync(id, Cancel)).Status != "running")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);

        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.DeleteJobAsync(id, Cancel));
        Assert.Equal((409, "job-running"), ((int)refusal.Status, refusal.Code));

        await server.Admin.CancelJobAsync(id, "test over", Cancel);
        Assert.Equal(id, (await server.Admin.DeleteJobAsync(id, Cancel)).Deleted);
        Assert.Equal("job-not-found", (await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.JobAsync(id, Cancel))).Code);
        Assert.Equal(
            "job-not-found",
            (await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.JobEventsAsync(id, null, 10, Cancel))).Code);
    }

    [Fact]
    public async Task A_job_out_of_attempts_is_found_counted_shown_and_sent_again()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.fail");
        JobDetail failed = await server.Admin.WaitForJobAsync(id, null, Cancel);
        Assert.Equal(("failed", "TimeoutException"), (failed.Status, failed.ErrorCode));

        DeadLetterQuery pending = new() { Status = "pending", JobId = id };
        DeadLetterView letter = Assert.Single(await server.Admin.DeadLettersAsync(pending, Cancel));
        Assert.Equal(("job", id, "test.quick", "test.fail", 1), (letter.Kind, letter.JobId, letter.QueueName, letter.Operation, letter.Attempts));
        Assert.Equal(1, (await server.Admin.CountDeadLettersAsync(pending, Cancel)).Count);
        Assert.Equal(letter.ErrorMessage, (await server.Admin.DeadLetterAsync(letter.Id, Cancel)).ErrorMessage);

        RedriveReply reply = await server.Admin.RedriveDeadLetterAsync(letter.Id, Cancel);
        Assert.Equal((id, 1), (reply.Id, reply.Redriven));
        Assert.Equal("redriven", (await server.Admin.DeadLetterAsync(letter.Id, Cancel)).Status);
        PenstockApiException twice = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.RedriveDeadLetterAsync(letter.Id, Cancel));
        Assert.Equal((409, "dead-letter-settled"), ((int)twice.Status, twice.Code));

        // It fails again, so the job itself can be sent again too: once each time, however quickly it fails once more.
        for (int again = 0; again < 10; again++)
        {
            while ((await server.Admin.CountDeadLettersAsync(pending, Cancel)).Count == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
            Assert.Equal(1, (await server.Admin.RedriveJobAsync(id, Cancel)).Redriven);
        }
    }

    [Fact]
    public async Task Sending_again_a_job_that_never_failed_is_a_conflict()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid id = await server.EnqueueAsync("test.wait");

        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.RedriveJobAsync(id, Cancel));
        Assert.Equal((409, "nothing-to-redrive"), ((int)refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task A_history_reads_newest_first_or_onward_from_a_cursor()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.add", """{"a":2,"b":3}""");
        await server.Admin.WaitForJobAsync(id, null, Cancel);

        IReadOnlyList<EventView> newest = await server.Admin.JobEventsAsync(id, null, 2, Cancel);
        IReadOnlyList<EventView> onward = await server.Admin.JobEventsAsync(id, after: 0, 2, Cancel);

        Assert.Equal(["job.succeeded", "job.started"], newest.Select(entry => entry.Event));
        Assert.Equal(["job.created", "job.started"], onward.Select(entry => entry.Event));
        Assert.All(newest, entry => Assert.Equal((id, "info"), (entry.JobId, entry.Level)));
        Assert.Equal("api:workspace", onward[0].Fields.GetProperty("source").GetString());
    }

    [Fact]
    public async Task Queues_workers_and_operations_tell_what_is_there()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.add", """{"a":2,"b":3}""");
        await server.Admin.WaitForJobAsync(id, null, Cancel);

        QueueView queue = await server.Admin.QueueAsync("test.quick", Cancel);
        Assert.Equal((1L, 0L, 0L, 1), (queue.Succeeded, queue.Ready, queue.Running, queue.Workers));
        Assert.Contains(await server.Admin.QueuesAsync(Cancel), q => q.Name == "test.slow");
        WorkerView worker = Assert.Single(await server.Admin.WorkersAsync(Cancel));
        Assert.Equal(("running", Environment.ProcessId), (worker.State, worker.ProcessId));

        OperationView add = Assert.Single(await server.Admin.OperationsAsync(Cancel), operation => operation.Name == "test.add");
        Assert.Equal(("test.quick", "Adds two numbers.", true), (add.QueueName, add.Summary, add.Enqueueable));
        Assert.Equal("integer", add.PayloadSchema.GetProperty("properties").GetProperty("a").GetProperty("type").GetString());
    }
}
