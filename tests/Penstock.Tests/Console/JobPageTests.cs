using System.Net;
using Penstock.Client.Jobs;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class JobPageTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public async Task A_running_job_shows_its_progress_rate_time_left_and_stages()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now) with
        {
            ProgressCurrent = 30_000,
            ProgressTotal = 90_000,
            WaitingFor = "batch",
            Stages = [new BatchStageView(0, "compute_embeddings_batch", "protea.embeddings.batch", 90_000, 30_000, 7)],
        });
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.Contains("30,000 of 90,000", page);
        Assert.Contains("100/s · about 10 min left", page);
        Assert.Contains("value=\"30000\" max=\"90000\"", page);
        Assert.Contains("compute_embeddings_batch", page);
        Assert.Contains("<td data-label=\"Failed\" class=\"number error-text\">7</td>", page);
        Assert.Contains($"data-live-stream=\"/events?job_id={Samples.Id(1)}\"", page);
        Assert.Contains($"action=\"/ui/jobs/{Samples.Id(1)}/cancel\"", page);
        Assert.DoesNotContain("/delete\"", page);
    }

    [Fact]
    public async Task A_failed_job_shows_its_error_what_to_do_and_its_dead_letter()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(0xff, Now, "insert_proteins", "failed") with { ErrorCode = "source-unavailable", ErrorMessage = "It answered 503. Try `penstock jobs` later." });
        console.Api.DeadLetters.Add(Samples.DeadLetter(0x163, Now));
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(0xff)}");
        Assert.Contains("source-unavailable", page);
        Assert.Contains("It answered 503.", page);
        Assert.Contains("<code>penstock jobs</code>", page);
        Assert.Contains("kept as a dead letter", page);
        Assert.Contains($"/ui/dead-letters/{Samples.Id(0x163)}", page);
        Assert.Contains($"action=\"/ui/jobs/{Samples.Id(0xff)}/redrive\"", page);
        Assert.DoesNotContain("/cancel\"", page);
    }

    [Fact]
    public async Task Hostile_text_is_shown_never_run()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        console.Api.Jobs.Add(Samples.Job(1, Now, status: "failed") with
        {
            Operation = Hostile,
            QueueName = "\"><svg onload=alert(3)>",
            ErrorCode = Hostile,
            ErrorMessage = "`" + Hostile + "` " + Hostile,
            Payload = FakeApi.Element("""{"</code></pre><script>x":"<b>"}"""),
        });
        console.Api.Events.Add(Samples.Event(1, 1, Now, Hostile, "info", Hostile, """{"<i>":"<u>","nested":{"<s>":"<script>"}}"""));
        foreach (string path in (string[])[$"/ui/jobs/{Samples.Id(1)}", "/ui/jobs", "/ui"])
        {
            string page = await console.GetPageAsync(path);
            Assert.DoesNotContain("<script>", page);
            Assert.DoesNotContain("<img", page);
            Assert.DoesNotContain("<svg onload", page);
            Assert.Contains("&lt;script&gt;", page);
        }
    }

    [Fact]
    public async Task The_timeline_shows_levels_messages_and_fields_newest_first()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now));
        console.Api.Events.Add(Samples.Event(5, 1, Now.AddMinutes(-6), "job.created"));
        console.Api.Events.Add(Samples.Event(6, 1, Now.AddMinutes(-4), "http.retry", "warning", "The source answered 503", """{"attempt":2,"wait_seconds":1.6}"""));
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.True(page.IndexOf("http.retry", StringComparison.Ordinal) < page.IndexOf("job.created", StringComparison.Ordinal));
        Assert.Contains("level-warning", page);
        Assert.Contains("The source answered 503", page);
        Assert.Contains("attempt 2 · wait seconds 1.6", page);
        Assert.Contains("2 min 00 s", page);
    }

    [Fact]
    public async Task Events_of_many_items_are_folded_but_warnings_and_errors_stay_in_sight()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now));
        for (int i = 1; i <= 40; i++)
            console.Api.Events.Add(Samples.Event(i, 1, Now.AddSeconds(i - 60), i % 2 == 0 ? "child.store_embeddings.done" : "child.compute_embeddings_batch.done"));
        console.Api.Events.Add(Samples.Event(41, 1, Now, "child.failed", "error", "No such residue"));
        for (int i = 42; i <= 44; i++)
            console.Api.Events.Add(Samples.Event(i, 1, Now, "child.store_embeddings.done"));
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.Contains("<summary>20 × child.compute_embeddings_batch.done, 20 × child.store_embeddings.done</summary>", page);
        Assert.Contains("<li id=\"event-41\" class=\"level-error\">", page);
        Assert.Equal(44, page.Split("<li id=\"event-").Length - 1);
        Assert.Equal(1, page.Split("class=\"run\"").Length - 1);
    }

    [Fact]
    public async Task Filters_go_to_the_API_and_stay_in_every_link()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Operations.Add(Samples.Operation("ping", "protea.ping"));
        console.Api.Queues.Add(Samples.Queue("protea.ping"));
        for (int i = 1; i <= 60; i++)
            console.Api.Jobs.Add(Samples.Job(i, Now, "ping", "failed", "protea.ping"));
        string page = await console.GetPageAsync("/ui/jobs?status=failed&operation=ping&queue=protea.ping&children=1");
        Assert.Contains(console.Api.Requests, request => request == "GET /jobs?status=failed&operation=ping&queue_name=protea.ping&include_children=true&limit=51&offset=0");
        Assert.Contains($"href=\"/ui/jobs?status=failed&amp;operation=ping&amp;queue=protea.ping&amp;children=1&amp;before={Samples.Id(50)}\"", page);
        Assert.Contains("href=\"/ui/jobs?status=queued&amp;operation=ping&amp;queue=protea.ping&amp;children=1\"", page);
        Assert.Contains("<option value=\"ping\" selected", page);
        Assert.Contains("50 jobs shown", page);

        string second = await console.GetPageAsync($"/ui/jobs?status=failed&operation=ping&queue=protea.ping&children=1&before={Samples.Id(50)}");
        Assert.Contains(Samples.Id(60).ToString(), second);
        Assert.DoesNotContain(Samples.Id(50) + "\">", second);
        Assert.DoesNotContain("rel=\"next\"", second);
    }

    [Fact]
    public async Task A_whole_id_leads_to_its_job_and_a_part_of_one_finds_it()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(0xbeef, Now, "ping"));
        console.Api.Jobs.Add(Samples.Job(0xcafe, Now, "other"));
        using HttpResponseMessage whole = await console.GetAsync($"/ui/jobs?q={Samples.Id(0xbeef)}");
        Assert.Equal((HttpStatusCode.SeeOther, $"/ui/jobs/{Samples.Id(0xbeef)}"), (whole.StatusCode, whole.Headers.Location?.ToString()));
        string part = await console.GetPageAsync("/ui/jobs?q=BEEF");
        Assert.Contains($"row-{Samples.Id(0xbeef)}", part);
        Assert.DoesNotContain($"row-{Samples.Id(0xcafe)}", part);
    }

    [Theory]
    [InlineData("/ui/jobs", "penstock jobs enqueue ping")]
    [InlineData("/ui/jobs?status=failed", "No job fits these filters")]
    [InlineData("/ui/jobs?status=nonsense&before=x", "penstock jobs enqueue ping")]
    [InlineData("/ui/dead-letters", "Nothing is waiting for a decision")]
    [InlineData("/ui/queues", "penstock up")]
    [InlineData("/ui", "penstock jobs enqueue ping")]
    public async Task An_empty_page_says_what_to_do_next(string path, string expected)
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        Assert.Contains(expected, await console.GetPageAsync(path));
    }

    [Fact]
    public async Task Actions_are_sent_to_the_API_and_lead_back_with_a_sentence()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now));
        using HttpResponseMessage cancelled = await console.PostAsync($"/ui/jobs/{Samples.Id(1)}/cancel", ("reason", "wrong input"));
        Assert.Equal((HttpStatusCode.SeeOther, $"/ui/jobs/{Samples.Id(1)}?notice=job-cancelled"), (cancelled.StatusCode, cancelled.Headers.Location?.ToString()));
        Assert.Equal("""{"reason":"wrong input"}""", console.Api.Bodies.Single());
        Assert.Contains("The job is cancelled.", await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}?notice=job-cancelled"));

        using HttpResponseMessage deleted = await console.PostAsync($"/ui/jobs/{Samples.Id(1)}/delete");
        Assert.Equal("/ui/jobs?notice=job-deleted", deleted.Headers.Location?.ToString());
        Assert.Contains(console.Api.Requests, request => request == $"DELETE /jobs/{Samples.Id(1)}");
        using HttpResponseMessage redriven = await console.PostAsync($"/ui/dead-letters/{Samples.Id(9)}/redrive");
        Assert.Contains(console.Api.Requests, request => request == $"POST /dead-letters/{Samples.Id(9)}/redrive");
    }

    [Fact]
    public async Task Cancelling_a_job_that_has_just_ended_claims_nothing()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now, status: "succeeded"));
        using HttpResponseMessage response = await console.PostAsync($"/ui/jobs/{Samples.Id(1)}/cancel", ("reason", ""));
        Assert.Contains("had ended before", await console.GetPageAsync(response.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task A_viewer_sees_the_job_but_no_actions()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Reader = new("eve", "viewer", "cookie", false);
        console.Api.Jobs.Add(Samples.Job(1, Now));
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.Contains("compute_embeddings", page);
        Assert.DoesNotContain("/cancel\"", page);
    }

    [Fact]
    public async Task Dead_letters_are_paged_and_filtered_by_the_API()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        for (int i = 0; i < 120; i++)
            console.Api.DeadLetters.Add(Samples.DeadLetter(0x200 + i, Now, code: i % 2 == 0 ? "job-timeout" : "source-unavailable"));
        string page = await console.GetPageAsync("/ui/dead-letters?error=job-timeout&offset=50");
        Assert.Contains("51–60 of 60", page);
        Assert.Contains("href=\"/ui/dead-letters?error=job-timeout\"", page);
        Assert.DoesNotContain("rel=\"next\"", page);
        Assert.Contains("1–50 of 120", await console.GetPageAsync("/ui/dead-letters"));
    }
}
