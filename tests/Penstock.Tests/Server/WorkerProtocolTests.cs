using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.DeadLetters;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Workers;
using Penstock.Engine;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Workers over HTTP, as programs in other languages use them.</summary>
public sealed class WorkerProtocolTests
{
    private const string Outside = "test.outside";
    private const string Secret = "test.secret";
    private const string Queue = "test.remote";

    private static readonly RetryPolicy Twice = new(2, TimeSpan.Zero, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_remote_worker_takes_a_job_tells_of_it_and_ends_it()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside, """{"x":1}""");
        RegisteredWorker worker = await RegisterAsync(server);
        Assert.Equal((15, 5), (worker.LeaseSeconds, worker.HeartbeatSeconds));
        Assert.Equal([Queue], worker.Queues);

        ClaimedUnit unit = Assert.Single(await ClaimAsync(server, worker));
        Assert.Equal(("job", jobId, Outside, Queue, 1), (unit.Kind, unit.JobId, unit.Operation, unit.QueueName, unit.Attempt));
        Assert.Equal("""{"x":1}""", unit.Payload.GetRawText());
        await server.Admin.TellUnitAsync(
            worker.WorkerId, unit.Unit, new UnitEvent("rows.read") { Message = "half", Progress = new UnitProgress(1, 2), Fields = Json("""{"rows":7}""") }, Cancel);
        await server.Admin.FinishUnitAsync(worker.WorkerId, unit.Unit, new UnitFinish("succeeded") { Result = Json("""{"y":2}""") }, Cancel);

        JobDetail job = await server.Admin.JobAsync(jobId, Cancel);
        Assert.Equal(("succeeded", 1L, 2L), (job.Status, job.ProgressCurrent, job.ProgressTotal));
        Assert.Equal("""{"y":2}""", job.Result?.GetRawText());
        Assert.Equal(["job.created", "job.started", "rows.read", "job.succeeded"], await EventsAsync(server, jobId));
    }

    [Fact]
    public async Task A_failure_is_retried_as_the_operation_says_and_then_becomes_a_dead_letter()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside);
        RegisteredWorker worker = await RegisterAsync(server);
        for (int attempt = 1; attempt <= 2; attempt++)
        {
            ClaimedUnit unit = Assert.Single(await ClaimAsync(server, worker));
            Assert.Equal(attempt, unit.Attempt);
            await server.Admin.FinishUnitAsync(
                worker.WorkerId, unit.Unit, new UnitFinish("failed") { ErrorCode = "NoFit", ErrorMessage = "too few scores" }, Cancel);
        }
        Assert.Equal("failed", (await server.Admin.JobAsync(jobId, Cancel)).Status);
        DeadLetterView letter = Assert.Single(await server.Admin.DeadLettersAsync(new DeadLetterQuery(), Cancel));
        Assert.Equal(("NoFit", "too few scores", 2), (letter.ErrorCode, letter.ErrorMessage, letter.Attempts));
    }

    [Fact]
    public async Task A_failure_that_no_retry_can_mend_is_final_at_once()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, ClaimedUnit unit) = await TakeAsync(server);
        await server.Admin.FinishUnitAsync(
            worker.WorkerId, unit.Unit, new UnitFinish("failed") { ErrorCode = "BadInput", Retryable = false }, Cancel);
        Assert.Equal(("failed", 1), ((await server.Admin.JobAsync(jobId, Cancel)).Status, unit.Attempt));
    }

    [Fact]
    public async Task A_snooze_puts_the_job_off_and_spends_no_attempt()
    {
        ManualTimeProvider time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
        await using ServerUnderTest server = await StartAsync(time);
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, ClaimedUnit unit) = await TakeAsync(server);
        await server.Admin.FinishUnitAsync(
            worker.WorkerId, unit.Unit, new UnitFinish("snoozed") { DelaySeconds = 60, ErrorMessage = "the source is busy" }, Cancel);
        Assert.Empty(await ClaimAsync(server, worker));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(2, Assert.Single(await ClaimAsync(server, worker)).Attempt);
        Assert.Equal(["job.created", "job.started", "job.retry_later", "job.started"], await EventsAsync(server, jobId));
    }

    [Fact]
    public async Task A_cancelled_job_is_told_by_the_heartbeat_and_its_late_end_changes_nothing()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, ClaimedUnit unit) = await TakeAsync(server);

        // Longer than any test takes: only the cancellation can end the wait.
        Task<HeartbeatReply> beat = server.Admin.BeatAsync(worker.WorkerId, new WorkerHeartbeat { Holding = [unit.Unit], WaitSeconds = 30 }, Cancel);
        await server.Admin.CancelJobAsync(jobId, "enough", Cancel);
        HeartbeatReply reply = await beat.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);
        Assert.True(reply.Known);
        Assert.Equal([unit.Unit], reply.Lost);

        foreach (Func<Task> late in (Func<Task>[])[
            () => server.Admin.FinishUnitAsync(worker.WorkerId, unit.Unit, new UnitFinish("succeeded"), Cancel),
            () => server.Admin.FinishUnitAsync(worker.WorkerId, unit.Unit, new UnitFinish("released"), Cancel),
            () => server.Admin.TellUnitAsync(worker.WorkerId, unit.Unit, new UnitEvent("too.late"), Cancel)])
        {
            PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(late);
            Assert.Equal((409, "lease-lost"), ((int)refused.Status, refused.Code));
        }
        Assert.Equal("cancelled", (await server.Admin.JobAsync(jobId, Cancel)).Status);
        Assert.Equal(["job.created", "job.started", "job.cancelled"], await EventsAsync(server, jobId));
    }

    [Fact]
    public async Task A_claim_waits_for_the_next_job()
    {
        await using ServerUnderTest server = await StartAsync();
        RegisteredWorker worker = await RegisterAsync(server);
        Task<IReadOnlyList<ClaimedUnit>> claim = server.Admin.ClaimAsync(worker.WorkerId, new ClaimRequest { WaitSeconds = 30 }, Cancel);
        Guid jobId = await server.EnqueueAsync(Outside);
        IReadOnlyList<ClaimedUnit> units = await claim.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);
        Assert.Equal(jobId, Assert.Single(units).JobId);
    }

    [Fact]
    public async Task Units_of_a_lost_answer_go_back_with_the_next_claim()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, ClaimedUnit lost) = await TakeAsync(server);
        ClaimedUnit again = Assert.Single(await ClaimAsync(server, worker));
        Assert.Equal((jobId, 2), (again.JobId, again.Attempt));
        Assert.NotEqual(lost.Unit, again.Unit);
        Assert.Empty(await ClaimAsync(server, worker, again.Unit));
        Assert.Equal(["job.created", "job.started", "job.released", "job.started"], await EventsAsync(server, jobId));
    }

    [Fact]
    public async Task A_silent_worker_is_taken_for_dead_and_another_gets_its_unit()
    {
        ManualTimeProvider time = new(new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero));
        await using ServerUnderTest server = await StartAsync(time);
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker silent, ClaimedUnit first) = await TakeAsync(server);
        time.Advance(TimeSpan.FromSeconds(14));
        await server.Services.GetRequiredService<Recovery>().RunCycleAsync(Cancel);
        Assert.True((await server.Admin.BeatAsync(silent.WorkerId, new WorkerHeartbeat { Holding = [first.Unit] }, Cancel)).Known);

        time.Advance(TimeSpan.FromSeconds(16));
        await server.Services.GetRequiredService<Recovery>().RunCycleAsync(Cancel);
        (RegisteredWorker other, ClaimedUnit second) = await TakeAsync(server);
        Assert.Equal((jobId, 2), (second.JobId, second.Attempt));
        HeartbeatReply late = await server.Admin.BeatAsync(silent.WorkerId, new WorkerHeartbeat { Holding = [first.Unit] }, Cancel);
        Assert.False(late.Known);
        Assert.Equal([first.Unit], late.Lost);
        await RefusedAsync(404, "worker-unknown", () => ClaimAsync(server, silent));
        await RefusedAsync(409, "lease-lost", () => server.Admin.FinishUnitAsync(silent.WorkerId, first.Unit, new UnitFinish("succeeded"), Cancel));
        // Nor may it speak for the one that has the unit now.
        await RefusedAsync(409, "lease-lost", () => server.Admin.FinishUnitAsync(silent.WorkerId, second.Unit, new UnitFinish("succeeded"), Cancel));
        await server.Admin.FinishUnitAsync(other.WorkerId, second.Unit, new UnitFinish("succeeded"), Cancel);
        Assert.Equal("succeeded", (await server.Admin.JobAsync(jobId, Cancel)).Status);
    }

    [Fact]
    public async Task A_later_execution_finds_the_steps_of_the_earlier_one()
    {
        await using ServerUnderTest server = await StartAsync();
        await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, ClaimedUnit first) = await TakeAsync(server);
        Assert.Empty(await server.Admin.UnitStepsAsync(worker.WorkerId, first.Unit, Cancel));
        await server.Admin.StoreUnitStepAsync(worker.WorkerId, first.Unit, "read the file", new StepDone(Json("[1,2]")), Cancel);
        await server.Admin.StoreUnitStepAsync(worker.WorkerId, first.Unit, "read the file", new StepDone(Json("[3]")), Cancel);
        await server.Admin.FinishUnitAsync(worker.WorkerId, first.Unit, new UnitFinish("released"), Cancel);

        ClaimedUnit second = Assert.Single(await ClaimAsync(server, worker));
        UnitStepView step = Assert.Single(await server.Admin.UnitStepsAsync(worker.WorkerId, second.Unit, Cancel));
        Assert.Equal(("read the file", "[1,2]"), (step.Name, step.Output.GetRawText()));
        await RefusedAsync(409, "lease-lost", () =>
            server.Admin.StoreUnitStepAsync(worker.WorkerId, first.Unit, "too late", new StepDone(Json("1")), Cancel));
        await RefusedAsync(422, "step-invalid", () =>
            server.Admin.StoreUnitStepAsync(worker.WorkerId, second.Unit, "a#2", new StepDone(Json("1")), Cancel));
    }

    [Fact]
    public async Task The_worker_gets_an_encrypted_payload_and_its_secrets_in_the_clear_and_its_result_is_stored_encrypted()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Secret, """{"password":"open sesame"}""");
        (RegisteredWorker worker, ClaimedUnit unit) = await TakeAsync(server);
        Assert.Equal("""{"password":"open sesame"}""", unit.Payload.GetRawText());
        await server.Admin.FinishUnitAsync(worker.WorkerId, unit.Unit, new UnitFinish("succeeded") { Result = Json("""{"found":"gold"}""") }, Cancel);
        JobDetail job = await server.Admin.JobAsync(jobId, Cancel);
        Assert.DoesNotContain("sesame", job.Payload.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("gold", job.Result!.Value.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_ends_gives_back_what_it_holds()
    {
        await using ServerUnderTest server = await StartAsync();
        Guid jobId = await server.EnqueueAsync(Outside);
        (RegisteredWorker worker, _) = await TakeAsync(server);
        WorkerView listed = Assert.Single(await server.Admin.WorkersAsync(Cancel));
        Assert.Equal(("http", "lab-7", 42, 1), (listed.Kind, listed.Host, listed.ProcessId, listed.Busy));
        await server.Admin.RetireWorkerAsync(worker.WorkerId, Cancel);
        Assert.Empty(await server.Admin.WorkersAsync(Cancel));
        Assert.Equal("queued", (await server.Admin.JobAsync(jobId, Cancel)).Status);
        await RefusedAsync(404, "worker-unknown", () => server.Admin.RetireWorkerAsync(worker.WorkerId, Cancel));
    }

    [Fact]
    public async Task A_draining_worker_gets_nothing_more()
    {
        await using ServerUnderTest server = await StartAsync();
        RegisteredWorker worker = await RegisterAsync(server);
        await server.EnqueueAsync(Outside);
        Assert.True((await server.Admin.BeatAsync(worker.WorkerId, new WorkerHeartbeat { Draining = true }, Cancel)).Draining);
        Assert.Empty(await ClaimAsync(server, worker));
    }

    [Fact]
    public async Task Workers_of_the_program_leave_external_queues_alone()
    {
        await using ServerUnderTest server = await StartAsync(runWorkers: true);
        Guid jobId = await server.EnqueueAsync(Outside);
        // A later job of the program's own has run: its worker has looked at every queue it takes from.
        Guid other = await server.EnqueueAsync("test.add", """{"a":1,"b":2}""");
        while ((await server.Admin.JobAsync(other, Cancel)).Status != "succeeded")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        Assert.Equal("queued", (await server.Admin.JobAsync(jobId, Cancel)).Status);
    }

    [Fact]
    public async Task Only_queues_of_external_operations_are_given_to_remote_workers()
    {
        await using ServerUnderTest server = await StartAsync();
        await RefusedAsync(422, "queue-not-external", () => RegisterAsync(server, "test.quick"));
        await RefusedAsync(422, "queue-unknown", () => RegisterAsync(server, "nowhere"));
    }

    [Fact]
    public async Task A_viewer_is_no_worker()
    {
        await using ServerUnderTest server = await StartAsync();
        PenstockClient viewer = await server.AsAsync("viewer");
        await RefusedAsync(403, "role-too-low", () => viewer.RegisterWorkerAsync(new WorkerRegistration(1, "lab-7", 42), Cancel));
    }

    [Fact]
    public async Task What_is_wrong_with_a_call_is_said()
    {
        await using ServerUnderTest server = await StartAsync();
        foreach ((string path, string body, string told) in ((string, string, string)[])[
            ("workers", """{"slots":0,"host":"a","pid":1}""", "slots is 0"),
            ("workers", """{"slots":1,"host":"a b","pid":1}""", "host is a b"),
            ("workers", """{"slots":1,"host":"a","pid":-1}""", "pid is -1"),
            ("workers/x/claim", """{"limit":0}""", "limit is 0"),
            ("workers/x/claim", """{"wait_seconds":31}""", "wait_seconds is 31"),
            ("workers/x/claim", """{"holding":["job-1"]}""", "unit is job-1"),
            ("workers/x/heartbeat", """{"wait_seconds":-1}""", "wait_seconds is -1"),
            ("workers/x/units/job-1-1/finish", """{"outcome":"gone"}""", "outcome is gone"),
            ("workers/x/units/job-1-1/finish", """{"outcome":"failed"}""", "error_code is null"),
            ("workers/x/units/job-1-1/finish", """{"outcome":"snoozed"}""", "delay_seconds is null"),
            ("workers/x/units/item-1-1/finish", """{"outcome":"succeeded"}""", "result is null"),
            ("workers/x/units/job-1-1-1/finish", """{"outcome":"released"}""", "unit is job-1-1-1"),
            ("workers/x/units/job-1-1/events", """{"name":"job.succeeded"}""", "name is job.succeeded"),
            ("workers/x/units/job-1-1/events", """{"name":"Rows read"}""", "name is Rows read"),
            ("workers/x/units/job-1-1/events", """{"name":"a.b","level":"loud"}""", "level is loud"),
            ("workers/x/units/job-1-1/events", """{"name":"a.b","fields":[1]}""", "fields is Array"),
            ("workers/x/units/job-1-1/events", """{"name":"a.b","progress":{"current":3,"total":2}}""", "progress is 3 of 2"),
        ])
        {
            (int status, ProblemView? problem, _) = await server.SendAsync(HttpMethod.Post, path, body);
            Assert.Equal((422, "worker-call-invalid"), (status, problem?.Code));
            Assert.StartsWith(told, problem!.Detail, StringComparison.Ordinal);
        }
    }

    private static Task<ServerUnderTest> StartAsync(TimeProvider? time = null, bool runWorkers = false) => ServerUnderTest.StartAsync(
        runWorkers, time: time,
        services: services => new PenstockBuilder(services).AddExternalOperation(Outside, Queue, "Runs elsewhere.", Twice)
            .AddExternalOperation(Secret, Queue, "Runs elsewhere.", secrecy: new OperationSecrecy(EncryptsPayload: true)));

    private static Task<RegisteredWorker> RegisterAsync(ServerUnderTest server, params IReadOnlyList<string> queues) =>
        server.Admin.RegisterWorkerAsync(new WorkerRegistration(2, "lab-7", 42) { Queues = queues }, Cancel);

    private static Task<IReadOnlyList<ClaimedUnit>> ClaimAsync(ServerUnderTest server, RegisteredWorker worker, params IReadOnlyList<string> holding) =>
        server.Admin.ClaimAsync(worker.WorkerId, new ClaimRequest { Holding = holding }, Cancel);

    private static async Task<(RegisteredWorker Worker, ClaimedUnit Unit)> TakeAsync(ServerUnderTest server)
    {
        RegisteredWorker worker = await RegisterAsync(server);
        return (worker, Assert.Single(await ClaimAsync(server, worker)));
    }

    private static async Task<string[]> EventsAsync(ServerUnderTest server, Guid jobId) =>
        [.. (await server.Admin.JobEventsAsync(jobId, 0, 100, Cancel)).Select((EventView e) => e.Event)];

    private static async Task RefusedAsync(int status, string code, Func<Task> call)
    {
        PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(call);
        Assert.Equal((status, code), ((int)refused.Status, refused.Code));
    }

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);
}
