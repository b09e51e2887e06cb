using System.Data.Common;
using Penstock.Engine.Jobs;

namespace Penstock.Engine.Enqueueing;

/// <summary>What callers may do to jobs: the only way in for endpoints, operations, schedules and embedding programs.</summary>
public interface IJobClient
{
    /// <summary>Returns after the commit: from then on no crash loses the job.</summary>
    /// <exception cref="UnknownOperationException"/>
    /// <exception cref="UnknownQueueException"/>
    /// <exception cref="InvalidJobException">Payload not a JSON object, priority or key out of range.</exception>
    Task<EnqueueResult> EnqueueAsync(NewJob job, CancellationToken cancellationToken);

    /// <summary>A request for the operation of this class, to be enqueued as it is or changed before: <c>New&lt;Chunk&gt;(p) with { Delay = ... }</c>.</summary>
    /// <param name="payload">The operation's own record.</param>
    /// <exception cref="InvalidJobException">The class is not registered once, or the payload is another record.</exception>
    NewJob New<TOperation>(object payload)
        where TOperation : class;

    /// <summary>All or none, in one transaction, in the given order.</summary>
    Task<IReadOnlyList<EnqueueResult>> EnqueueManyAsync(IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken);

    /// <summary>Inside the caller's own transaction: the job exists exactly if that transaction commits.</summary>
    /// <remarks>Wakes no worker: call <see cref="WakeAsync"/> after the commit, or a poll finds it within a second.</remarks>
    Task<IReadOnlyList<EnqueueResult>> EnqueueManyAsync(
        IReadOnlyList<NewJob> jobs, DbTransaction transaction, CancellationToken cancellationToken);

    Task WakeAsync(string queueName, CancellationToken cancellationToken);

    /// <summary>Cancels a job and its unfinished children; a terminal job stays as it is.</summary>
    /// <remarks>The job is cancelled at once; a running attempt sees its token within a second and can write nothing any more.</remarks>
    Task<CancelResult> CancelAsync(Guid jobId, string? reason, CancellationToken cancellationToken);

    /// <summary>Removes a job that is not running, with its history.</summary>
    /// <exception cref="JobNotFoundException"/>
    /// <exception cref="JobRunningException"/>
    Task DeleteAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>Sends a dead letter back to its queue of origin with a fresh set of attempts.</summary>
    /// <exception cref="DeadLetterNotFoundException"/>
    /// <exception cref="DeadLetterSettledException">It was redriven before.</exception>
    Task<Guid> RedriveAsync(Guid deadLetterId, string? by, CancellationToken cancellationToken);

    /// <summary>Runs a job that has ended once more: same id, fresh attempts, the history goes on.</summary>
    /// <exception cref="JobNotFoundException"/>
    /// <exception cref="JobNotFinishedException">It is queued or running.</exception>
    /// <exception cref="JobFinishedImmutableException">Its queue keeps finished jobs as they are.</exception>
    Task RequeueAsync(Guid jobId, string? by, CancellationToken cancellationToken);

    /// <summary>Lets a blocked job run without what it still depends on.</summary>
    /// <exception cref="JobNotFoundException"/>
    /// <exception cref="JobNotBlockedException">It waits for no dependency.</exception>
    Task<Job> UnblockAsync(Guid jobId, string? by, CancellationToken cancellationToken);

    /// <summary>Sends a signal to whoever waits for it, now or later. The first one of a name stands; later ones change nothing.</summary>
    /// <param name="name">Any name, or <see cref="Operations.SignalNames.Own"/> for one job's own.</param>
    /// <param name="payload">JSON text of any value.</param>
    /// <returns>Whether this was the first.</returns>
    /// <exception cref="Operations.InvalidSignalException"/>
    Task<bool> SendSignalAsync(string name, string payload, string? by, CancellationToken cancellationToken);
}

public sealed record CancelResult(Job Job, int ChildrenCancelled);
