using Penstock.Engine.Operations;

namespace Penstock.Engine.Storage;

/// <summary>What operators do to queues and workers, and the limits a program declares. Every method is one bounded transaction.</summary>
public interface IControlStore
{
    /// <summary>Makes the declared resources exist with their limits; keeps those only the store knows.</summary>
    Task DeclareResourcesAsync(IReadOnlyCollection<ResourceDefinition> resources, CancellationToken cancellationToken);

    /// <summary>From the commit on no unit of the queue is claimed. A queue that is paused already keeps who, when and why.</summary>
    /// <returns>False: it was paused before.</returns>
    /// <exception cref="Enqueueing.QueueNotFoundException"/>
    Task<bool> PauseAsync(string queueName, string by, string? reason, CancellationToken cancellationToken);

    /// <returns>False: it was not paused.</returns>
    /// <exception cref="Enqueueing.QueueNotFoundException"/>
    Task<bool> ResumeAsync(string queueName, CancellationToken cancellationToken);

    /// <summary>Looks at up to <paramref name="limit"/> hints of the queue after the cursor and cancels the queued jobs among them.</summary>
    /// <exception cref="Enqueueing.QueueNotFoundException"/>
    Task<QueueStep> PurgeAsync(string queueName, string by, QueueCursor? after, int limit, CancellationToken cancellationToken);

    /// <summary>Looks at up to <paramref name="limit"/> hints of the queue after the cursor and gives the queued jobs among them another priority.</summary>
    /// <param name="operation">Only jobs of this operation; null: all.</param>
    /// <exception cref="Enqueueing.QueueNotFoundException"/>
    Task<QueueStep> ReprioritiseAsync(
        string queueName, string? operation, int priority, string by, QueueCursor? after, int limit, CancellationToken cancellationToken);

    /// <summary>Gives one queued job another priority.</summary>
    /// <exception cref="Enqueueing.JobNotFoundException"/>
    /// <exception cref="Enqueueing.JobNotQueuedException"/>
    Task ReprioritiseAsync(Guid jobId, int priority, string by, CancellationToken cancellationToken);

    /// <summary>Asks a worker to finish what it has and end; it hears of it with its next heartbeat.</summary>
    /// <exception cref="Enqueueing.WorkerNotFoundException"/>
    Task DrainWorkerAsync(string workerId, string by, CancellationToken cancellationToken);
}

/// <summary>Where a walk over the hints of a queue stands.</summary>
/// <param name="Source">Which hints: <c>waiting</c> (for other jobs), <c>deferred</c>, <c>parked</c>, <c>ready</c>.</param>
/// <param name="Key">The last hint seen there; empty: none yet.</param>
public sealed record QueueCursor(string Source, string Key);

/// <param name="Changed">Jobs cancelled or moved by this step.</param>
/// <param name="ItemsSeen">Items of batches among the hints: they belong to their running job and are left alone.</param>
/// <param name="Next">Where to go on; null: the walk is at its end.</param>
public sealed record QueueStep(int Changed, int ItemsSeen, QueueCursor? Next);
