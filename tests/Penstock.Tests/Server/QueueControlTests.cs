using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Client.Errors;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Penstock.Client.Security;
using Penstock.Client.Workers;
using Penstock.Engine.Operations;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>Steering queues and workers over HTTP, and what the audit log keeps of it.</summary>
public sealed class QueueControlTests
{
    private const string Queue = "test.quick";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_paused_queue_says_who_and_why_starts_nothing_and_goes_on_when_resumed()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync();
        QueueView paused = await server.Admin.PauseQueueAsync(Queue, "new disk", Cancel);
        Assert.Equal(("paused", true, "new disk"), (paused.State, paused.Paused, paused.PauseReason));
        Assert.NotNull(paused.PausedBy);
        Guid id = await server.EnqueueAsync("test.add", """{"a":2,"b":3}""");
        await server.Admin.PauseQueueAsync(Queue, "again", Cancel);
        Assert.Equal(("queued", "new disk"), ((await server.Admin.JobAsync(id, Cancel)).Status, (await server.Admin.QueueAsync(Queue, Cancel)).PauseReason));

        Assert.Equal("open", (await server.Admin.ResumeQueueAsync(Queue, Cancel)).State);
        Assert.Equal("succeeded", (await server.Admin.WaitForJobAsync(id, _ => { }, Cancel)).Status);
        Assert.Equal(["queue.resume", "queue.pause"], await ActionsAsync(server)); // The second pause changed nothing.
    }

    [Fact]
    public async Task A_purge_counts_first_then_cancels_and_priorities_change_for_one_job_and_for_all()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        Guid[] ids = [await AddAsync(server), await AddAsync(server), await AddAsync(server)];

        Assert.Equal(5, (await server.Admin.PrioritiseJobAsync(ids[0], 5, Cancel)).Priority);
        Assert.Equal(new PriorityReply(Queue, 5, 2), await server.Admin.PrioritiseQueueAsync(Queue, 5, null, Cancel));
        Assert.Equal(0, (await server.Admin.PrioritiseQueueAsync(Queue, 9, "test.other", Cancel)).Jobs);
        Assert.Equal(new PurgeReply(Queue, true, 3, 0, 0), await server.Admin.PurgeQueueAsync(Queue, dryRun: true, Cancel));
        Assert.Equal(new PurgeReply(Queue, false, 3, 0, 0), await server.Admin.PurgeQueueAsync(Queue, dryRun: false, Cancel));
        Assert.Equal("cancelled", (await server.Admin.JobAsync(ids[2], Cancel)).Status);
        Assert.Equal(["queue.purge", "queue.prioritise", "queue.prioritise", "job.prioritise"], await ActionsAsync(server));
        await RefusedAsync(HttpStatusCode.Conflict, "job-not-queued", () => server.Admin.PrioritiseJobAsync(ids[2], 1, Cancel));
    }

    [Fact]
    public async Task Resources_and_limits_show_what_is_in_use()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(services: services =>
        {
            services.AddSingleton(new ResourceDefinition("gpu", 2) { Rate = new RateLimit(100, TimeSpan.FromMinutes(1)) });
            services.AddSingleton(new QueueDefinition("limited", 4) { MaxRunningPerKey = 1, Rate = new RateLimit(5, TimeSpan.FromSeconds(60)) });
        });
        Guid id = (await server.Admin.EnqueueAsync(
            new JobRequest("test.wait") { QueueName = "limited", ConcurrencyKey = "k", Resources = new Dictionary<string, int> { ["gpu"] = 2 } }, Cancel)).Id;
        while ((await server.Admin.JobAsync(id, Cancel)).Status == "queued")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);

        IReadOnlyList<ResourceView> resources = await server.Admin.ResourcesAsync(Cancel);
        Assert.Equal([("gpu", 2L, 2L), ("key:limited:k", 1L, 1L)], resources.Select(r => (r.Name, r.Capacity!.Value, r.InUse)));
        Assert.Equal((id, "limited", 2), resources[0].Holders.Select(h => (h.JobId, h.QueueName, h.Units)).Single());
        Assert.Equal(new RateView(100, 60), resources[0].Rate);
        QueueView queue = await server.Admin.QueueAsync("limited", Cancel);
        Assert.Equal((4, 1, new RateView(5, 60, 1)), (queue.MaxRunning, queue.MaxRunningPerKey, queue.Rate));
        Assert.Equal(2, (await server.Admin.JobAsync(id, Cancel)).Resources["gpu"]);
        await server.Admin.CancelJobAsync(id, null, Cancel);
    }

    [Fact]
    public async Task Limits_that_cannot_hold_are_refused_with_their_values()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(
            runWorkers: false, services: services => services.AddSingleton(new ResourceDefinition("gpu", 1)));
        JobRequest needs(string name, int units) => new("test.add") { Payload = JsonSerializer.SerializeToElement(new { a = 1, b = 1 }), Resources = new Dictionary<string, int> { [name] = units } };
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "resource-unknown", () => server.Admin.EnqueueAsync(needs("gpus", 1), Cancel));
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "resource-too-small", () => server.Admin.EnqueueAsync(needs("gpu", 2), Cancel));
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "job-invalid", () => server.Admin.PrioritiseQueueAsync(Queue, 1_001, null, Cancel));
        await RefusedAsync(HttpStatusCode.NotFound, "queue-not-found", () => server.Admin.PauseQueueAsync("nowhere", null, Cancel));
        await RefusedAsync(HttpStatusCode.NotFound, "queue-not-found", () => server.Admin.PurgeQueueAsync("nowhere", false, Cancel));
        await RefusedAsync(HttpStatusCode.NotFound, "worker-not-found", () => server.Admin.DrainWorkerAsync("nobody", Cancel));
        await RefusedAsync(HttpStatusCode.UnprocessableEntity, "job-invalid", () => server.Admin.PauseQueueAsync(Queue, new string('x', 501), Cancel));
    }

    [Fact]
    public async Task A_drained_worker_finishes_and_leaves_the_list()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(settings: ("worker.lease_seconds", "3"));
        WorkerView worker = Assert.Single(await server.Admin.WorkersAsync(Cancel));
        WorkerView draining = await server.Admin.DrainWorkerAsync(worker.Id, Cancel);
        Assert.Equal(("draining", worker.Id), (draining.State, draining.Id));
        while ((await server.Admin.WorkersAsync(Cancel)).Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        Assert.Equal(["worker.drain"], await ActionsAsync(server));
    }

    private static Task<Guid> AddAsync(ServerUnderTest server) => server.EnqueueAsync("test.add", """{"a":2,"b":3}""");

    private static async Task<string[]> ActionsAsync(ServerUnderTest server) =>
        [.. (await server.Admin.GetAsync<IReadOnlyList<AuditView>>("/audit", Cancel)).Select(entry => entry.Kind)
            .Where(action => action.StartsWith("queue.", StringComparison.Ordinal) || action is "job.prioritise" or "worker.drain")];

    private static async Task RefusedAsync(HttpStatusCode status, string code, Func<Task> call)
    {
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(call);
        Assert.Equal((status, code), (refusal.Status, refusal.Code));
    }
}
