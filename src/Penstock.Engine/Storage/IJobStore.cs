using System.Data.Common;
using System.Globalization;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Storage;

/// <summary>The only source of truth. Every method is one transaction; each change of state writes its event in it.</summary>
/// <remarks>Written once in portable SQL (Penstock.Sql); claim, bulk insert and commit strategy belong to the dialect.</remarks>
public interface IJobStore : IFlowStore
{
    /// <summary>All or none. Returns in the order given; a known idempotency key returns the job that has it.</summary>
    Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<JobDraft> jobs, CancellationToken cancellationToken);

    Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(
        IReadOnlyList<JobDraft> jobs, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Stores how units ended and takes new ones, in one round trip.</summary>
    /// <remarks>A completion whose fence no longer matches changes nothing and comes back as refused.</remarks>
    Task<Exchange> ExchangeAsync(
        IReadOnlyList<Completion> completions, ClaimRequest? claim, CancellationToken cancellationToken);

    /// <summary>Writes an event of a running job and, if given, its progress.</summary>
    /// <exception cref="Outcomes.LeaseLostException"/>
    Task AppendEventAsync(JobLease lease, JobEventDraft draft, Progress? progress, CancellationToken cancellationToken);

    Task<CancelResult> CancelAsync(Guid jobId, string? reason, CancellationToken cancellationToken);
    Task DeleteAsync(Guid jobId, CancellationToken cancellationToken);

    /// <returns>The job and the queue that is to be woken.</returns>
    Task<(Guid JobId, string QueueName)> RedriveAsync(Guid deadLetterId, string? by, CancellationToken cancellationToken);

    /// <summary>Runs a job that has ended once more, with fresh attempts, if its queue allows that.</summary>
    /// <returns>The queue that is to be woken.</returns>
    Task<string> RequeueAsync(Guid jobId, string? by, CancellationToken cancellationToken);

    /// <summary>Registers a worker or renews its heartbeat.</summary>
    Task<WorkerStanding> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken);

    /// <summary>Which of the worker's leases still stand, by kind and short key.</summary>
    Task<IReadOnlySet<UnitKey>> HeldAsync(string workerId, CancellationToken cancellationToken);

    /// <summary>A lease by its key, for those who remember nothing else of it. Null: the worker does not hold it.</summary>
    Task<UnitLease?> FindLeaseAsync(string workerId, UnitKey unit, CancellationToken cancellationToken);

    /// <summary>Gives back leases the worker holds without knowing of them: the answer to their claim was lost.</summary>
    Task GiveBackAsync(string workerId, IReadOnlyCollection<UnitKey> units, CancellationToken cancellationToken);

    /// <summary>Takes a stopped worker off the list; its units must be finished or released.</summary>
    Task RetireWorkerAsync(string workerId, CancellationToken cancellationToken);

    /// <summary>Frees the units of workers whose heartbeat is older than <paramref name="lease"/> or that the caller knows to be dead.</summary>
    Task<RecoveryReport> RecoverAsync(
        TimeSpan lease, int maxDeaths, IReadOnlyCollection<string> knownDead, CancellationToken cancellationToken);

    /// <summary>Fails jobs that run longer than <paramref name="timeout"/> and were silent for <paramref name="stall"/>.</summary>
    Task<ReapReport> ReapAsync(TimeSpan timeout, TimeSpan stall, CancellationToken cancellationToken);

    /// <summary>Deletes jobs that ended before <paramref name="before"/>, with their history: one step through the old ones.</summary>
    /// <param name="after">Where the step before ended; null: this is the first.</param>
    /// <param name="limit">Jobs to look at; some of them stay, for their dead letter or another job still needs them.</param>
    Task<PruneStep> PruneAsync(DateTimeOffset before, Guid? after, int limit, CancellationToken cancellationToken);

    /// <summary>Makes the declared queues exist with their limits; keeps those only the store knows.</summary>
    Task DeclareQueuesAsync(IReadOnlyCollection<QueueDefinition> queues, CancellationToken cancellationToken);
}

/// <summary>A job ready to be stored: everything decided and checked.</summary>
public sealed record JobDraft(
    Guid Id, string Operation, string QueueName, string Payload, string? Meta, int Priority, DateTimeOffset CreatedAt,
    DateTimeOffset? RunAt, string? IdempotencyKey, Guid? ParentJobId, int MaxAttempts, TimeSpan? Timeout, string? Source)
{
    /// <summary>Jobs that have to end first, each once.</summary>
    public IReadOnlyList<Guid> DependsOn { get; init; } = [];
    public DependencyFailurePolicy OnDependencyFailure { get; init; }

    /// <summary>Held while the job is queued or running.</summary>
    public string? UniqueKey { get; init; }
    /// <summary>Units by resource name as a JSON object; null: none. Concurrency keys are among them.</summary>
    public string? Resources { get; init; }
}

public sealed record JobEventDraft(string Name, JobEventLevel Level, string? Message, string Fields);

/// <param name="Limit">Most units to take.</param>
public sealed record ClaimRequest(string WorkerId, IReadOnlyList<string> Queues, int Limit)
{
    /// <summary>Slots that stand empty: units under a limit are taken only for these, not ahead. Null: all of the limit.</summary>
    /// <remarks>A unit that waits in a worker would keep its resource from others, and its start would not be when its rate counted it.</remarks>
    public int? FreeSlots { get; init; }
}

/// <param name="Refused">Completions that came too late: the lease was gone.</param>
/// <param name="WorkerUnknown">The store took the worker for dead: it must register anew under another id.</param>
public sealed record Exchange(
    IReadOnlyList<UnitLease> Leases, IReadOnlyList<Completion> Refused, bool WorkerUnknown)
{
    /// <summary>The claim stopped at its own bounds: asking again at once finds more.</summary>
    public bool More { get; init; }

    /// <summary>Units under a limit were left because no slot stands empty: ask again when one does.</summary>
    public bool LeftForSlots { get; init; }

    /// <summary>When asking again may give what now is held back by a rate, or was not looked for at the start of a queue; null: nothing is.</summary>
    public DateTimeOffset? LookAgainAt { get; init; }
}

/// <param name="Removed">Jobs that were deleted.</param>
/// <param name="Last">Where the next step goes on; null: there are no more old jobs.</param>
public sealed record PruneStep(int Removed, Guid? Last);

/// <summary>How one execution of a unit ended, as the worker tells the store.</summary>
public abstract record Completion(UnitLease Lease)
{
    /// <summary>The operation returned.</summary>
    public sealed record JobReturned(JobLease Job, JobOutcome Outcome, JobDraft? Continuation, IReadOnlyList<StageDraft> Stages)
        : Completion(Job);

    /// <summary>The item returned; its effect runs inside the transaction. Exchanged alone, so that an effect that throws hurts no other.</summary>
    public sealed record ItemReturned(ItemLease Item, ItemOutcome Outcome, string? Next) : Completion(Item);

    /// <summary>It threw. Null <paramref name="RetryAt"/>: for good, it becomes a dead letter.</summary>
    public sealed record Threw(UnitLease Unit, string ErrorCode, string ErrorMessage, DateTimeOffset? RetryAt) : Completion(Unit);

    /// <summary>It asked to come back later.</summary>
    public sealed record Snoozed(UnitLease Unit, string Reason, DateTimeOffset RetryAt) : Completion(Unit);

    /// <summary>It sleeps or waits: off its slot, nothing spent.</summary>
    public sealed record Suspended(JobLease Job, Suspension Wait) : Completion(Job);

    /// <summary>It did not finish because the worker drains: back to the queue, nothing spent.</summary>
    public sealed record Released(UnitLease Unit) : Completion(Unit);
}

/// <summary>One stage of a batch as stored.</summary>
public sealed record StageDraft(string Operation, string QueueName)
{
    /// <summary>Units by resource name that each item needs, as a JSON object; null: none.</summary>
    public string? Resources { get; init; }
}

public sealed record WorkerBeat(
    string WorkerId, string Host, int ProcessId, DateTimeOffset ProcessStartedAt, IReadOnlyList<string> Queues, int Slots, int Busy, bool Draining)
{
    /// <summary>How it takes part: see <see cref="WorkerKinds"/>.</summary>
    public string Kind { get; init; } = WorkerKinds.Process;

    /// <summary>The first beat, which puts the worker on the list.</summary>
    public bool Registers { get; init; }

    /// <summary>For people to tell workers apart; written by the first beat.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>The store's answer to a heartbeat.</summary>
/// <param name="Known">False: the worker was taken for dead; its leases are gone.</param>
/// <param name="Drains">Somebody asked it to finish what it has and end.</param>
public readonly record struct WorkerStanding(bool Known, bool Drains)
{
    public static implicit operator bool(WorkerStanding standing) => standing.Known;

    public bool ToBoolean() => Known;
}

/// <summary>How a worker takes part.</summary>
public static class WorkerKinds
{
    /// <summary>A process with the engine in it, on the store itself.</summary>
    public const string Process = "process";

    /// <summary>A program in any language, over the HTTP worker protocol.</summary>
    public const string Http = "http";
}

public readonly record struct UnitKey(bool IsItem, long Seq, long Fence)
{
    public static UnitKey Of(UnitLease lease) => new(lease is ItemLease, lease.Seq, lease.Fence);

    /// <summary>As remote workers know it, such as <c>job-17-42</c>: kind, short key, fence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsItem ? "item" : "job")}-{Seq}-{Fence}");

    /// <returns>False: it is none.</returns>
    public static bool TryParse(string text, out UnitKey key)
    {
        key = default;
        string[] parts = text.Split('-');
        if (parts is not ["job" or "item", var seqText, var fenceText]
            || !long.TryParse(seqText, NumberStyles.None, CultureInfo.InvariantCulture, out long seq)
            || !long.TryParse(fenceText, NumberStyles.None, CultureInfo.InvariantCulture, out long fence))
            return false;
        key = new UnitKey(parts[0] == "item", seq, fence);
        return true;
    }
}

/// <param name="Woken">Queues that received ready units.</param>
public sealed record RecoveryReport(
    IReadOnlyList<string> DeadWorkers, int Requeued, int Failed, int Quarantined, IReadOnlyCollection<string> Woken);

/// <param name="Skipped">Jobs past the time limit that showed life within the stall window.</param>
public sealed record ReapReport(IReadOnlyList<Guid> Reaped, IReadOnlyList<Guid> Skipped);
