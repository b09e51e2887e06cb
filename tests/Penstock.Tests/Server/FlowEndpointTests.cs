using System.Text.Json;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Signals;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Dependencies, unique keys, steps and signals over HTTP.</summary>
public sealed class FlowEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_enqueued_behind_another_and_both_show_it()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid first = await server.EnqueueAsync("test.wait");
        QueuedJob second = await server.Admin.EnqueueAsync(
            new JobRequest("test.wait") { DependsOn = [first], OnDependencyFailure = "hold", UniqueKey = "one" }, Cancel);

        JobDetail blocked = await server.Admin.JobAsync(second.Id, Cancel);
        Assert.Equal(("queued", "dependencies", "one"), (blocked.Status, blocked.WaitingFor, blocked.UniqueKey));
        Assert.Equal([new DependencyView(first, "test.wait", "queued", "hold", null, null, null)], blocked.DependsOn);
        Assert.Equal(second.Id, Assert.Single((await server.Admin.JobAsync(first, Cancel)).Dependents).JobId);

        await server.Admin.CancelJobAsync(first, null, Cancel);
        Assert.Equal("dependencies", (await server.Admin.JobAsync(second.Id, Cancel)).WaitingFor);
        Assert.Null((await server.Admin.UnblockJobAsync(second.Id, Cancel)).WaitingFor);
        Assert.Equal("released", Assert.Single((await server.Admin.JobAsync(second.Id, Cancel)).DependsOn).Resolution);
        await RefusedAsync(409, "job-not-blocked", () => server.Admin.UnblockJobAsync(second.Id, Cancel));
    }

    [Fact]
    public async Task A_held_unique_key_answers_with_its_holder()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        JobRequest request = new("test.wait") { UniqueKey = "nightly" };
        QueuedJob first = await server.Admin.EnqueueAsync(request, Cancel);
        Assert.Equal(new QueuedJob(first.Id, "queued", Existed: true), await server.Admin.EnqueueAsync(request, Cancel));
        await server.Admin.CancelJobAsync(first.Id, null, Cancel);
        Assert.False((await server.Admin.EnqueueAsync(request, Cancel)).Existed);
    }

    [Theory]
    [InlineData("""{"operation":"test.wait","depends_on":["01980000-0000-7000-8000-000000000001"]}""", 422, "dependency-not-found")]
    [InlineData("""{"operation":"test.wait","depends_on":["x"]}""", 400, "body-malformed")]
    [InlineData("""{"operation":"test.wait","on_dependency_failure":"panic"}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.wait","unique_key":" "}""", 422, "job-invalid")]
    [InlineData("""{"operation":"test.add","payload":{"a":"1","b":2}}""", 422, "payload-invalid")]
    [InlineData("""{"operation":"test.add"}""", 422, "payload-invalid")]
    public async Task A_wrong_request_is_refused_with_its_code(string body, int status, string code)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int answered, _, string problem) = await server.SendAsync(HttpMethod.Post, "/jobs", body);
        Assert.Equal((status, code), (answered, JsonDocument.Parse(problem).RootElement.GetProperty("code").GetString()));
        Assert.Empty(await server.Admin.JobsAsync(new JobQuery(), Cancel));
    }

    [Fact]
    public async Task A_job_shows_its_steps_and_the_signal_it_waits_for_and_goes_on_when_that_is_sent()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        Guid id = await server.EnqueueAsync("test.ask", """{"size":5000}""");
        while ((await server.Admin.JobAsync(id, Cancel)).WaitingFor != "signal")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);

        JobDetail waiting = await server.Admin.JobAsync(id, Cancel);
        Assert.Equal([("extract", "step", "completed", 5_002)], waiting.Steps.Select(s => (s.Name, s.Kind, s.Outcome, s.OutputLength)));
        Assert.Null(waiting.Steps[0].Output);
        Assert.Equal(5_000, (await server.Admin.JobStepAsync(id, "extract", Cancel)).Output!.Value.GetString()!.Length);
        SignalWaitView wait = Assert.Single(waiting.AwaitedSignals);
        Assert.Equal(($"{id}/approved", TimeSpan.FromHours(1)), (wait.Name, wait.Deadline - wait.Since));

        JsonElement yes = JsonSerializer.SerializeToElement("yes");
        Assert.Equal(new SentSignal($"{id}/approved", First: true), await server.Admin.SendOwnSignalAsync(id, "approved", yes, Cancel));
        Assert.False((await server.Admin.SendOwnSignalAsync(id, "approved", yes, Cancel)).First);
        JobDetail done = await server.Admin.WaitForJobAsync(id, null, Cancel);
        Assert.Equal(("succeeded", "yes", 2), (done.Status, done.Result!.Value.GetString(), done.Attempt));
        Assert.Empty(done.AwaitedSignals);
        await RefusedAsync(404, "step-not-found", () => server.Admin.JobStepAsync(id, "nowhere", Cancel));
    }

    [Fact]
    public async Task Signals_are_sent_listed_and_shown()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.Admin.SendSignalAsync(new SignalRequest("release/2026") { Payload = JsonSerializer.SerializeToElement(42) }, Cancel);
        await server.Admin.SendSignalAsync(new SignalRequest("other"), Cancel);
        Assert.Equal(2, (await server.Admin.SignalsAsync(new SignalQuery(), Cancel)).Count);
        Assert.Equal("release/2026", Assert.Single(await server.Admin.SignalsAsync(new SignalQuery { Prefix = "rel" }, Cancel)).Name);
        SignalView signal = await server.Admin.SignalAsync("release/2026", Cancel);
        Assert.Equal((42, "workspace", 0), (signal.Payload.GetInt32(), signal.SentBy, signal.Waiting));
        await RefusedAsync(404, "signal-not-found", () => server.Admin.SignalAsync("nowhere", Cancel));
        await RefusedAsync(422, "signal-invalid", () => server.Admin.SendSignalAsync(new SignalRequest("two words"), Cancel));
        Guid nobody = Guid.Parse("01980000-0000-7000-8000-000000000001");
        await RefusedAsync(404, "job-not-found", () => server.Admin.SendOwnSignalAsync(nobody, "x", null, Cancel));
    }

    [Fact]
    public async Task A_tree_has_the_children_and_dependents_of_a_job_and_theirs()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid root = await server.EnqueueAsync("test.wait");
        Guid child = (await server.Admin.EnqueueAsync(new JobRequest("test.wait") { ParentJobId = root }, Cancel)).Id;
        Guid then = (await server.Admin.EnqueueAsync(new JobRequest("test.wait") { DependsOn = [root, child] }, Cancel)).Id;
        await server.EnqueueAsync("test.wait");
        JobTreeView tree = await server.Admin.JobTreeAsync(root, Cancel);
        Assert.Equal([root, child, then], tree.Jobs.Select(j => j.Id));
        Assert.Equal(
            [new(root, child, "child"), new(root, then, "dependent"), new(child, then, "dependent")],
            tree.Edges);
        Assert.False(tree.Truncated);
    }

    private static async Task RefusedAsync(int status, string code, Func<Task> call)
    {
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(call);
        Assert.Equal((status, code), ((int)refusal.Status, refusal.Code));
    }
}
