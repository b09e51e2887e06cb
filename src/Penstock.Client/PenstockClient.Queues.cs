using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Penstock.Client.Workers;

namespace Penstock.Client;

/// <summary>Queues, resources and workers: looking at them and steering them.</summary>
public sealed partial class PenstockClient
{
    public Task<IReadOnlyList<QueueView>> QueuesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<QueueView>>("/queues", cancellationToken);

    public Task<QueueView> QueueAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<QueueView>($"/queues/{Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Lets no more units of the queue start; what runs goes on.</summary>
    public Task<QueueView> PauseQueueAsync(string name, string? reason, CancellationToken cancellationToken) =>
        PostAsync<QueueView>($"/queues/{Uri.EscapeDataString(name)}/pause", new PauseRequest(reason), cancellationToken);

    public Task<QueueView> ResumeQueueAsync(string name, CancellationToken cancellationToken) =>
        PostAsync<QueueView>($"/queues/{Uri.EscapeDataString(name)}/resume", null, cancellationToken);

    /// <summary>Cancels all queued jobs of the queue, or says how many there are.</summary>
    public Task<PurgeReply> PurgeQueueAsync(string name, bool dryRun, CancellationToken cancellationToken) =>
        PostAsync<PurgeReply>($"/queues/{Uri.EscapeDataString(name)}/purge", new PurgeRequest(dryRun), cancellationToken);

    /// <summary>Gives all queued jobs of the queue, or those of one operation, another priority.</summary>
    public Task<PriorityReply> PrioritiseQueueAsync(string name, int priority, string? operation, CancellationToken cancellationToken) =>
        PostAsync<PriorityReply>($"/queues/{Uri.EscapeDataString(name)}/priority", new PriorityRequest(priority, operation), cancellationToken);

    public Task<JobView> PrioritiseJobAsync(Guid jobId, int priority, CancellationToken cancellationToken) =>
        PatchAsync<JobView>($"/jobs/{jobId}", new JobChange(priority), cancellationToken);

    public Task<IReadOnlyList<ResourceView>> ResourcesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ResourceView>>("/resources", cancellationToken);

    public Task<IReadOnlyList<WorkerView>> WorkersAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<WorkerView>>("/workers", cancellationToken);

    /// <summary>Asks a worker to finish what it has and end; it hears of it within a heartbeat.</summary>
    public Task<WorkerView> DrainWorkerAsync(string workerId, CancellationToken cancellationToken) =>
        PostAsync<WorkerView>($"/workers/{Uri.EscapeDataString(workerId)}/drain", null, cancellationToken);
}
