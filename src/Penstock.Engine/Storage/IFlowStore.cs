using Penstock.Engine.Jobs;

namespace Penstock.Engine.Storage;

/// <summary>What a running job leaves behind between its executions, and what it waits for. Each method is one transaction.</summary>
/// <remarks>Writes of a job match its fence: an execution that lost its lease stores no step and starts no child.</remarks>
public interface IFlowStore
{
    /// <summary>The stored steps of a job, as its next execution finds them.</summary>
    Task<IReadOnlyList<StoredStep>> StepsAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>Stores what a step left, once: a step of this name that is there already stays as it is.</summary>
    /// <exception cref="Outcomes.LeaseLostException"/>
    Task StoreStepAsync(JobLease lease, StepDraft step, CancellationToken cancellationToken);

    /// <summary>Looks for a signal and, if it is not there, notes who waits for it, in one transaction.</summary>
    /// <param name="timeout">Counted from the first look of this step; later looks keep the deadline. Null: no deadline.</param>
    /// <returns>The step that is decided now, received or timed out; null: the job has to wait.</returns>
    /// <exception cref="Outcomes.LeaseLostException"/>
    Task<StoredStep?> AwaitSignalAsync(
        JobLease lease, string step, string signal, TimeSpan? timeout, CancellationToken cancellationToken);

    /// <summary>Enqueues the children of a step at its first call, and looks whether they have ended.</summary>
    /// <returns>The step that is decided now; null: the job has to wait.</returns>
    /// <exception cref="Outcomes.LeaseLostException"/>
    Task<StoredStep?> AwaitChildrenAsync(
        JobLease lease, string step, IReadOnlyList<JobDraft> children, CancellationToken cancellationToken);

    /// <summary>Stores a signal unless one of this name was sent before, and wakes the jobs that wait for it.</summary>
    /// <returns>False: an earlier one stands.</returns>
    Task<bool> SendSignalAsync(SignalDraft signal, CancellationToken cancellationToken);

    /// <summary>Lets a blocked job run without what it still waits for.</summary>
    /// <exception cref="Enqueueing.JobNotFoundException"/>
    /// <exception cref="Enqueueing.JobNotBlockedException"/>
    Task<Job> UnblockAsync(Guid jobId, string? by, CancellationToken cancellationToken);

    /// <summary>Deletes up to <paramref name="limit"/> signals sent before <paramref name="before"/> for which nobody waits.</summary>
    Task<int> PruneSignalsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
