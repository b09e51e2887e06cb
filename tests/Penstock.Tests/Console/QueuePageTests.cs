using System.Net;
using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Xunit;

namespace Penstock.Tests.Console;

/// <summary>Queues, resources and workers as pages, and what their forms ask of the API.</summary>
public sealed class QueuePageTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public async Task A_paused_queue_says_who_and_why_and_offers_to_resume()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Queues.Add(Samples.Queue("protea.jobs", ready: 4, running: 2, paused: true) with
        {
            State = "draining", PausedAt = Now.AddMinutes(-3), PausedBy = "ada", PauseReason = "<b>new disk</b>", Parked = 1, WaitingItems = 2,
            MaxRunningPerKey = 3, Rate = new RateView(100, 60, 12),
        });
        string page = await console.GetPageAsync("/ui/queues/protea.jobs");
        Assert.Contains("draining</span>", page);
        Assert.Contains("by ada", page);
        Assert.Contains("&lt;b&gt;new disk&lt;/b&gt;", page);
        Assert.Contains("action=\"/ui/queues/protea.jobs/resume\"", page);
        Assert.DoesNotContain("/pause\"", page);
        Assert.Contains("100 starts in any 1 min 00 s; 12 used", page);
        Assert.Contains("3 queued jobs of this queue end as cancelled", page);
        Assert.Contains("2 items of batches stay", page);
    }

    [Fact]
    public async Task A_viewer_sees_the_queue_and_none_of_its_controls()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Reader = console.Api.Reader! with { Role = "viewer" };
        console.Api.Queues.Add(Samples.Queue("protea.jobs", ready: 4));
        console.Api.Workers.Add(Samples.Worker("atlas-1", Now));
        Assert.DoesNotContain("method=\"post\" action=\"/ui/queues", await console.GetPageAsync("/ui/queues/protea.jobs"));
        Assert.DoesNotContain("/drain\"", await console.GetPageAsync("/ui/queues"));
    }

    [Fact]
    public async Task Forms_pause_resume_reorder_and_drain_and_come_back_with_a_notice()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Queues.Add(Samples.Queue("protea.jobs", ready: 4));
        console.Api.Workers.Add(Samples.Worker("atlas-1", Now));
        await SendAsync(console, "/ui/queues/protea.jobs/pause", "/ui/queues/protea.jobs?notice=queue-paused", ("reason", "new disk"));
        await SendAsync(console, "/ui/queues/protea.jobs/resume", "/ui/queues/protea.jobs?notice=queue-resumed");
        await SendAsync(console, "/ui/queues/protea.jobs/priority", "/ui/queues/protea.jobs?notice=queue-prioritised", ("priority", "7"));
        await SendAsync(console, "/ui/workers/atlas-1/drain", "/ui/queues?notice=worker-drains");
        Assert.Contains("POST /queues/protea.jobs/pause", console.Api.Requests);
        Assert.Contains("{\"reason\":\"new disk\"}", console.Api.Bodies);
        Assert.Contains("POST /workers/atlas-1/drain", console.Api.Requests);
        Assert.Contains("The queue is paused.", await console.GetPageAsync("/ui/queues/protea.jobs?notice=queue-paused"));
    }

    [Fact]
    public async Task A_purge_takes_the_name_of_the_queue_typed_by_hand()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Queues.Add(Samples.Queue("protea.jobs", ready: 4));
        using (HttpResponseMessage refused = await console.PostAsync("/ui/queues/protea.jobs/purge", ("name", "protea.job")))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.DoesNotContain("POST /queues/protea.jobs/purge", console.Api.Requests);
        await SendAsync(console, "/ui/queues/protea.jobs/purge", "/ui/queues/protea.jobs?notice=queue-purged", ("name", "protea.jobs"));
        Assert.Contains("POST /queues/protea.jobs/purge", console.Api.Requests);
    }

    [Fact]
    public async Task Resources_show_what_is_free_who_holds_them_and_how_much_waits()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        Assert.Contains("No resources are declared", await console.GetPageAsync("/ui/queues"));
        console.Api.Resources.Add(new ResourceView("gpu:0", 2, 2, 17, null, [new ResourceHolderView(Samples.Id(7), 3, "protea.jobs", 2, "atlas-1", Now.AddMinutes(-1))]));
        string page = await console.GetPageAsync("/ui/queues");
        Assert.Contains("2 of 2", page);
        Assert.Contains($"href=\"/ui/jobs/{Samples.Id(7)}\"", page);
        Assert.Contains("item 3, 2 units", page);
        Assert.Contains(">17</td>", page);
    }

    private static async Task SendAsync(ConsoleUnderTest console, string path, string to, params (string, string)[] fields)
    {
        using HttpResponseMessage response = await console.PostAsync(path, fields);
        Assert.Equal((HttpStatusCode.SeeOther, to), (response.StatusCode, response.Headers.Location?.ToString()));
    }
}
