using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Schedules;
using Penstock.Engine.Scheduling;
using Penstock.Ops.Security;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Schedules over HTTP, by role, and the listing of recent events where their failures show.</summary>
public sealed class ScheduleEndpointTests
{
    private static readonly ScheduleRequest Nightly = new("test.add", "0 2 * * *")
    {
        TimeZone = "Europe/Berlin", Payload = JsonSerializer.Deserialize<JsonElement>("""{"a":1,"b":2}"""), Misfire = "catch_up", CatchUpMax = 3, JitterSeconds = 1.5,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schedule_is_made_shown_changed_and_removed()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int status, _, string body) = await server.SendAsync(
            HttpMethod.Put, "/schedules/nightly", """{"operation":"test.add","cron":"0 2 * * *","payload":{"a":1,"b":2}}""", "application/x-www-form-urlencoded");
        Assert.True(status == 201, body); // curl -d says it is a form
        ScheduleView changed = await server.Admin.SetScheduleAsync("nightly", Nightly, Cancel);
        Assert.Equal(
            ("nightly", "test.add", "0 2 * * *", "Europe/Berlin", "catch_up", 3, 1.5, "api"),
            (changed.Name, changed.Operation, changed.Cron, changed.TimeZone, changed.Misfire, changed.CatchUpMax, changed.JitterSeconds, changed.Origin));
        Assert.Equal(DateTimeOffset.Parse(changed.NextLocal!), changed.NextAt);
        Assert.Contains("T02:00:00+0", changed.NextLocal, StringComparison.Ordinal);
        Assert.Equal(2, changed.Payload.GetProperty("b").GetInt32());
        Assert.Equal("nightly", Assert.Single(await server.Admin.SchedulesAsync(Cancel)).Name);
        Assert.Equal("nightly", (await server.Admin.RemoveScheduleAsync("nightly", Cancel)).Removed);
        Assert.Empty(await server.Admin.SchedulesAsync(Cancel));
    }

    [Fact]
    public async Task A_secret_that_was_sent_back_masked_keeps_its_value()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        ScheduleRequest secret = Nightly with { Payload = JsonSerializer.Deserialize<JsonElement>("""{"a":1,"b":2,"api_token":"s3cret"}""") };
        JsonElement shown = (await server.Admin.SetScheduleAsync("nightly", secret, Cancel)).Payload;
        Assert.Equal("***", shown.GetProperty("api_token").GetString());

        await server.Admin.SetScheduleAsync("nightly", secret with { Cron = "0 3 * * *", Payload = shown }, Cancel);
        IScheduleStore store = server.Services.GetRequiredService<IScheduleStore>();
        Schedule stored = (await store.FindAsync("nightly", Cancel))!;
        Assert.Equal(("0 3 * * *", """{"a":1,"b":2,"api_token":"s3cret"}"""), (stored.Definition.Cron, stored.Definition.Payload));

        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.SetScheduleAsync("weekly", secret with { Payload = shown }, Cancel));
        Assert.Equal("schedule-invalid", refusal.Code);
        Assert.Contains("'api_token'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_now_pause_and_resume_do_what_they_say_and_are_audited()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        await server.Admin.SetScheduleAsync("nightly", Nightly, Cancel);
        ScheduleView paused = await server.Admin.PauseScheduleAsync("nightly", Cancel);
        Assert.NotNull(paused.PausedAt);
        Assert.Null(paused.NextAt);
        QueuedJob queued = await server.Admin.RunScheduleAsync("nightly", Cancel);
        JobDetail job = await server.Admin.WaitForJobAsync(queued.Id, null, Cancel);
        Assert.Equal(("succeeded", 3), (job.Status, job.Result!.Value.GetProperty("sum").GetInt32()));
        ScheduleRunView run = Assert.Single(await server.Admin.ScheduleRunsAsync("nightly", null, 10, Cancel));
        Assert.Equal((queued.Id, true, "succeeded"), (run.JobId, run.ByHand, run.Status));
        Assert.NotNull((await server.Admin.ResumeScheduleAsync("nightly", Cancel)).NextAt);
        AuditLog audit = server.Services.GetRequiredService<AuditLog>();
        Assert.Equal(
            ["schedule.resume", "schedule.run", "schedule.pause", "schedule.set"],
            (await audit.ListAsync(null, null, 50, Cancel)).Where(row => row.Subject == "nightly").Select(row => row.Kind));
    }

    [Fact]
    public async Task Viewers_read_schedules_and_change_nothing()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.SetScheduleAsync("nightly", Nightly, Cancel);
        PenstockClient viewer = await server.AsAsync("viewer");
        Assert.Single(await viewer.SchedulesAsync(Cancel));
        Assert.Equal(5, (await viewer.PreviewScheduleAsync("@daily", null, 5, Cancel)).Slots.Count);
        foreach (Func<Task> change in (Func<Task>[])
            [
                () => viewer.SetScheduleAsync("nightly", Nightly, Cancel), () => viewer.RemoveScheduleAsync("nightly", Cancel),
                () => viewer.PauseScheduleAsync("nightly", Cancel), () => viewer.ResumeScheduleAsync("nightly", Cancel), () => viewer.RunScheduleAsync("nightly", Cancel),
            ])
            Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<PenstockApiException>(change)).Status);
    }

    [Theory]
    [InlineData("PUT", "/schedules/UPPER", """{"operation":"test.add","cron":"@daily","payload":{"a":1,"b":2}}""", 422, "schedule-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"61 * * * *","payload":{"a":1,"b":2}}""", 422, "cron-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"0 0 30 2 *","payload":{"a":1,"b":2}}""", 422, "cron-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"@daily","time_zone":"Mars/Olympus"}""", 422, "time-zone-unknown")]
    [InlineData("PUT", "/schedules/x", """{"operation":"gone","cron":"@daily"}""", 422, "operation-unknown")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"@daily","payload":{"a":"one"}}""", 422, "payload-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"@daily","payload":{"a":1,"b":2},"misfire":"maybe"}""", 422, "schedule-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add","cron":"@daily","payload":{"a":1,"b":2},"jitter_seconds":-1}""", 422, "schedule-invalid")]
    [InlineData("PUT", "/schedules/x", """{"operation":"test.add"}""", 400, "body-malformed")]
    [InlineData("PUT", "/schedules/x", null, 400, "body-missing")]
    [InlineData("GET", "/schedules/none", null, 404, "schedule-not-found")]
    [InlineData("GET", "/schedules/none/runs", null, 404, "schedule-not-found")]
    [InlineData("POST", "/schedules/none/run", null, 404, "schedule-not-found")]
    [InlineData("POST", "/schedules/none/pause", null, 404, "schedule-not-found")]
    [InlineData("POST", "/schedules/none/resume", null, 404, "schedule-not-found")]
    [InlineData("DELETE", "/schedules/none", null, 404, "schedule-not-found")]
    [InlineData("GET", "/schedules/preview", null, 400, "parameter-missing")]
    [InlineData("GET", "/schedules/preview?cron=*&count=5", null, 422, "cron-invalid")]
    [InlineData("GET", "/schedules/preview?cron=@daily&count=101", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/schedules/preview?cron=@daily&time_zone=../x", null, 422, "time-zone-unknown")]
    [InlineData("GET", "/schedules/none/runs?before=yesterday", null, 400, "parameter-malformed")]
    [InlineData("GET", "/events/recent?level=loud", null, 400, "parameter-out-of-range")]
    [InlineData("GET", "/events/recent?limit=501", null, 400, "parameter-out-of-range")]
    public async Task Wrong_requests_are_refused_with_their_code(string method, string path, string? body, int status, string code)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int answered, ProblemView? problem, string text) = await server.SendAsync(HttpMethod.Parse(method), path, body);
        Assert.True(answered == status, text);
        Assert.Equal(code, problem?.Code);
    }

    [Fact]
    public async Task A_declared_schedule_is_refused_to_be_changed_over_the_API_and_may_be_paused()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false,
            services: services => services.AddSingleton(new ScheduleDefinition("declared", "test.add", "@daily") { Payload = """{"a":1,"b":2}""" }));
        Assert.Equal("declared", Assert.Single(await server.Admin.SchedulesAsync(Cancel)).Origin);
        PenstockApiException refused = await Assert.ThrowsAsync<PenstockApiException>(() => server.Admin.SetScheduleAsync("declared", Nightly, Cancel));
        Assert.Equal((HttpStatusCode.Conflict, "schedule-declared"), (refused.Status, refused.Code));
        Assert.NotNull((await server.Admin.PauseScheduleAsync("declared", Cancel)).PausedAt);
    }

    [Fact]
    public async Task A_running_server_makes_the_jobs_of_its_schedules_by_itself()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        await server.Admin.SetScheduleAsync("pulse", Nightly with { Cron = "@every 1s", JitterSeconds = 0 }, Cancel);
        await foreach (EventView entry in server.Admin.EventsAsync(null, 0, Cancel))
        {
            if (entry.Event == "job.succeeded")
                break;
        }
        ScheduleRunView run = (await server.Admin.ScheduleRunsAsync("pulse", null, 500, Cancel))[^1];
        Assert.False(run.ByHand);
        Assert.Equal("pulse", (await server.Admin.JobAsync(run.JobId, Cancel)).Meta!.Value.GetProperty("schedule").GetString());
    }

    [Fact]
    public async Task Recent_events_are_listed_newest_first_by_level_by_name_and_page_by_page()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid failed = await server.EnqueueAsync("test.fail");
        await server.Admin.WaitForJobAsync(failed, null, Cancel);
        Guid added = await server.EnqueueAsync("test.add", """{"a":1,"b":2}""");
        await server.Admin.WaitForJobAsync(added, null, Cancel);

        IReadOnlyList<EventView> all = await server.Admin.RecentEventsAsync(new EventQuery(), Cancel);
        Assert.Equal(["job.succeeded", "job.started", "job.created", "job.failed", "job.started", "job.created"], all.Select(e => e.Event));
        Assert.Equal(("test.add", added, "test.fail"), (all[0].Operation, all[0].JobId, all[^1].Operation));
        EventView error = Assert.Single(await server.Admin.RecentEventsAsync(new EventQuery { Level = "warning" }, Cancel));
        Assert.Equal(("error", failed), (error.Level, error.JobId));
        Assert.Empty(await server.Admin.RecentEventsAsync(new EventQuery { Level = "error", Before = error.Id }, Cancel));
        Assert.Equal(["job.created", "job.created"], (await server.Admin.RecentEventsAsync(new EventQuery { Event = "job.created" }, Cancel)).Select(e => e.Event));
        Assert.Equal(["job.succeeded", "job.started", "job.started"], (await server.Admin.RecentEventsAsync(new EventQuery { Event = "job.s*" }, Cancel)).Select(e => e.Event));
        Assert.Equal(all.Skip(2).Take(2).Select(e => e.Id), (await server.Admin.RecentEventsAsync(new EventQuery { Before = all[1].Id, Limit = 2 }, Cancel)).Select(e => e.Id));
        await server.Admin.DeleteJobAsync(added, Cancel);
        Assert.DoesNotContain(await server.Admin.RecentEventsAsync(new EventQuery(), Cancel), e => e.JobId == added);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HEAD_is_answered_as_GET_is_without_the_body(bool sockets)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false, sockets: sockets);
        using HttpClient http = server.Http(Penstock.Server.Workspaces.LocalToken.TryRead(server.Workspace));
        foreach (string path in (string[])["/health", "/health/ready", "/jobs", "/schedules", "/openapi/v1.json", "/ui/sign-in", "/jobs/01a20000-0000-7000-8000-000000000000", "/none"])
        {
            using HttpResponseMessage get = await http.GetAsync(path, Cancel);
            using HttpRequestMessage request = new(HttpMethod.Head, path);
            using HttpResponseMessage head = await http.SendAsync(request, Cancel);
            Assert.True(get.StatusCode == head.StatusCode, $"{path}: GET {get.StatusCode}, HEAD {head.StatusCode}");
            Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancel));
        }
        // An answer that never ends has headers all the same, and ends here.
        using HttpResponseMessage stream = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/events"), Cancel).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
        using HttpResponseMessage post = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/auth/login"), Cancel);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }
}
