using System.Net;
using Penstock.Client.Operations;
using Penstock.Client.Schedules;
using Penstock.Client.Security;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class SchedulePageTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public async Task Without_schedules_the_page_says_how_to_make_one()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        string page = await console.GetPageAsync("/ui/schedules");
        Assert.Contains("No schedules yet", page);
        Assert.Contains("penstock schedules set nightly ping", page);
        Assert.Contains("href=\"/ui/schedule-form\"", page);
    }

    [Fact]
    public async Task The_list_shows_the_next_run_and_the_last_one_with_its_job_and_what_is_paused_or_stuck()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Schedules.AddRange([
            Samples.Schedule("nightly") with { NextAt = Now.AddHours(3), LastJobId = Samples.Id(9), LastJobStatus = "failed", LastSlotAt = Now.AddHours(-21) },
            Samples.Schedule("weekly") with { PausedAt = Now, PausedBy = "user:ada" },
            Samples.Schedule("broken") with { NextAt = Now.AddHours(-1), ErrorMessage = "There is no operation 'gone'." },
        ]);
        string page = await console.GetPageAsync("/ui/schedules");
        Assert.Contains("in 3 h", page);
        Assert.Contains("21 h ago", page);
        Assert.Contains($"<a href=\"/ui/jobs/{Samples.Id(9)}\"><span class=\"badge badge-failed\"", page);
        Assert.Contains("badge badge-paused", page);
        Assert.Contains("stuck", page);
        Assert.Contains("Europe/Berlin", page);
    }

    [Fact]
    public async Task A_schedule_shows_its_next_times_its_runs_and_what_an_operator_may_do()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Schedules.Add(Samples.Schedule("nightly") with { NextAt = Now.AddHours(3), NextLocal = "2026-03-01T16:00:00+01:00" });
        console.Api.ScheduleRuns.Add(new ScheduleRunView(Samples.Id(1), Now, false, "succeeded", Now, null, Now, Now.AddSeconds(3), null, null));
        console.Api.ScheduleRuns.Add(new ScheduleRunView(Samples.Id(2), Now.AddDays(-1), true, "failed", Now, null, Now, Now.AddSeconds(1), "source-unreachable", "No."));
        string page = await console.GetPageAsync("/ui/schedules/nightly");
        Assert.Contains("2026-07-01 02:00:00+02:00", page);
        Assert.Contains("by hand", page);
        Assert.Contains("come down to one run", page);
        Assert.Contains($"href=\"/ui/jobs/{Samples.Id(2)}\"", page);
        foreach (string action in (string[])["run", "pause", "remove"])
            Assert.Contains($"action=\"/ui/schedules/nightly/{action}\"", page);
        Assert.DoesNotContain("/resume\"", page);

        console.Api.Reader = new Identity("eve", "viewer", "cookie", false);
        Assert.DoesNotContain("method=\"post\" action=\"/ui/schedules/", await console.GetPageAsync("/ui/schedules/nightly"));
    }

    [Fact]
    public async Task A_declared_schedule_can_be_paused_and_run_and_not_changed_here()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Schedules.Add(Samples.Schedule("nightly") with { Origin = "declared", PausedAt = Now, PausedBy = "user:ada" });
        string page = await console.GetPageAsync("/ui/schedules/nightly");
        Assert.Contains("/ui/schedules/nightly/resume\"", page);
        Assert.DoesNotContain("/remove\"", page);
        Assert.DoesNotContain("schedule-form?name", page);
    }

    [Theory]
    [InlineData("pause", "POST /schedules/nightly/pause", "/ui/schedules/nightly?notice=schedule-paused")]
    [InlineData("resume", "POST /schedules/nightly/resume", "/ui/schedules/nightly?notice=schedule-resumed")]
    [InlineData("remove", "DELETE /schedules/nightly", "/ui/schedules?notice=schedule-removed")]
    [InlineData("run", "POST /schedules/nightly/run", "/ui/jobs/01980000-0000-7000-8000-000000000077?notice=job-enqueued")]
    public async Task Each_button_asks_the_API_and_leads_on(string button, string asks, string leadsTo)
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        using HttpResponseMessage answer = await console.PostAsync($"/ui/schedules/nightly/{button}");
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(leadsTo, answer.Headers.Location!.ToString());
        Assert.Contains(asks, console.Api.Requests);
    }

    [Fact]
    public async Task The_form_previews_the_next_times_and_stores_what_it_holds()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Operations.Add(new OperationView("ping", "protea.ping", "Answers.", 3, null, true, FakeApi.Element("{}")));
        Assert.Contains("<option value=\"ping\"", await console.GetPageAsync("/ui/schedule-form"));

        (string, string)[] fields =
        [
            ("name", "nightly"), ("operation", "ping"), ("cron", "0 2 * * *"), ("time_zone", "Europe/Berlin"), ("payload", """{"a":1}"""),
            ("misfire", "catch_up"), ("catch_up_max", "3"), ("jitter_seconds", "30"), ("priority", "5"),
        ];
        using HttpResponseMessage preview = await console.PostAsync("/ui/schedules", [.. fields, ("action", "preview")]);
        string page = await preview.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, preview.StatusCode);
        Assert.Contains("2026-07-01 02:00:00", page);
        Assert.Contains("value=\"nightly\"", page);
        Assert.DoesNotContain(console.Api.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));

        using HttpResponseMessage stored = await console.PostAsync("/ui/schedules", [.. fields, ("action", "store")]);
        Assert.Equal("/ui/schedules/nightly?notice=schedule-set", stored.Headers.Location!.ToString());
        Assert.Contains("PUT /schedules/nightly", console.Api.Requests);
        Assert.Contains("\"cron\":\"0 2 * * *\"", Assert.Single(console.Api.Bodies));
        Assert.Contains("\"payload\":{\"a\":1}", console.Api.Bodies[0]);
    }

    [Fact]
    public async Task A_refused_form_comes_back_with_the_reason_and_all_that_was_typed()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Refusals["/schedules/nightly"] = FakeApi.Problem(422, "payload-invalid", "The payload does not fit operation ping: no.");
        using HttpResponseMessage refused = await console.PostAsync(
            "/ui/schedules", ("name", "nightly"), ("operation", "ping"), ("cron", "0 3 * * *"), ("payload", """{"kept":"text"}"""), ("action", "store"));
        string page = await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("The payload does not fit operation ping: no.", page);
        Assert.Contains("value=\"0 3 * * *\"", page);
        Assert.Contains("kept", page);
        using HttpResponseMessage noJson = await console.PostAsync(
            "/ui/schedules", ("name", "n2"), ("operation", "ping"), ("cron", "0 3 * * *"), ("payload", "{oops"), ("action", "store"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, noJson.StatusCode);
        Assert.Contains("The payload is not JSON", await noJson.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Events_of_all_jobs_are_listed_by_level_and_shown_on_the_overview()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Events.Add(Samples.Event(1, 1, Now, "job.started"));
        console.Api.Events.Add(Samples.Event(2, 2, Now, "job.failed", "error", "The source did not answer."));
        string all = await console.GetPageAsync("/ui/events");
        Assert.Contains("job.started", all);
        Assert.Contains("job.failed", all);
        string errors = await console.GetPageAsync("/ui/events?level=error");
        Assert.DoesNotContain("job.started", errors);
        Assert.Contains("The source did not answer.", errors);
        string overview = await console.GetPageAsync("/ui");
        Assert.Contains("Last warnings and errors", overview);
        Assert.Contains("job.started", overview);
        Assert.Contains("No such events", await console.GetPageAsync("/ui/events?event=nothing"));
    }
}
