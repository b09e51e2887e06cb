using System.Net;
using Penstock.Client.Jobs;
using Xunit;

namespace Penstock.Tests.Console;

/// <summary>What the console shows of steps, dependencies and signals, and what its forms send.</summary>
public sealed class JobFlowPageTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Fact]
    public async Task A_waiting_job_shows_its_steps_and_a_form_for_the_signal()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        string signal = $"{Samples.Id(1)}/approved";
        console.Api.Jobs.Add(Samples.Job(1, Now, status: "queued") with
        {
            WaitingFor = "signal",
            Steps =
            [
                new StepView("extract", "step", "completed", FakeApi.Element("\"<b>text\""), 9, 1, Now, 4.25),
                new StepView("go", "signal", "timed_out", FakeApi.Element("null"), 4, 2, Now, 60),
            ],
            AwaitedSignals = [new SignalWaitView(signal, signal, Now.AddMinutes(-3), Now.AddHours(1))],
        });
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.Contains("It waits for a signal and holds no slot meanwhile.", page);
        Assert.Contains("&lt;b&gt;text", page);
        Assert.Contains("<span class=\"sub error-text\">timed out</span>", page);
        Assert.Contains("4.2 s", page);
        Assert.Contains($"<input type=\"hidden\" name=\"name\" value=\"{signal}\"", page);

        using HttpResponseMessage sent = await console.PostAsync(
            $"/ui/jobs/{Samples.Id(1)}/signal", ("name", signal), ("payload", """{"by":"ada"}"""));
        Assert.Equal((HttpStatusCode.SeeOther, $"/ui/jobs/{Samples.Id(1)}?notice=signal-sent"), (sent.StatusCode, sent.Headers.Location?.ToString()));
        Assert.Equal("{\"name\":\"" + signal + "\",\"payload\":{\"by\":\"ada\"}}", console.Api.Bodies[^1]);
        using HttpResponseMessage refused = await console.PostAsync($"/ui/jobs/{Samples.Id(1)}/signal", ("name", signal), ("payload", "ada"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
    }

    [Fact]
    public async Task A_blocked_job_says_what_it_waits_for_and_can_be_unblocked()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now, status: "queued") with
        {
            WaitingFor = "dependencies",
            UniqueKey = "nightly",
            DependsOn =
            [
                new DependencyView(Samples.Id(2), "load", "failed", "hold", null, null, null),
                new DependencyView(Samples.Id(3), "check", "succeeded", "hold", null, Now, "succeeded"),
            ],
        });
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        Assert.Contains("this job holds until it does", page);
        Assert.Contains($"action=\"/ui/jobs/{Samples.Id(1)}/unblock\"", page);
        Assert.Contains("Waited for", page);
        Assert.Contains("nightly", page);
        Assert.Contains("blocked", await console.GetPageAsync("/ui/jobs"));
        using HttpResponseMessage done = await console.PostAsync($"/ui/jobs/{Samples.Id(1)}/unblock");
        Assert.Equal($"/ui/jobs/{Samples.Id(1)}?notice=job-unblocked", done.Headers.Location?.ToString());
    }

    [Fact]
    public async Task The_tree_unfolds_a_join_once_and_marks_it_where_it_comes_again()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Trees[Samples.Id(1)] = new JobTreeView(
            [Samples.Job(1, Now), Samples.Job(2, Now, "left"), Samples.Job(3, Now, "right"), Samples.Job(4, Now, "join", "queued")],
            [
                new(Samples.Id(1), Samples.Id(2), "child"), new(Samples.Id(1), Samples.Id(3), "child"),
                new(Samples.Id(2), Samples.Id(4), "dependent"), new(Samples.Id(3), Samples.Id(4), "dependent"),
            ],
            Truncated: false);
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}/tree");
        Assert.Equal(3, page.Split(">join<").Length);
        Assert.Equal(2, page.Split("see above").Length);
        Assert.Equal(3, page.Split("class=\"depth-2\"").Length);
    }

    [Fact]
    public async Task A_job_that_uses_none_of_it_shows_none_of_it()
    {
        await using ConsoleUnderTest console = await ConsoleUnderTest.StartAsync();
        console.Api.Jobs.Add(Samples.Job(1, Now));
        string page = await console.GetPageAsync($"/ui/jobs/{Samples.Id(1)}");
        foreach (string absent in (string[])["<h2>Steps", "Waits for a signal", "What it waits for", "/unblock\""])
            Assert.DoesNotContain(absent, page);
    }
}
