using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;

namespace Penstock.Engine.Storage;

/// <summary>Reads for people and programs: never on the way of the workers, never a scan of the job table by status.</summary>
public interface IJobReader
{
    Task<Job?> FindAsync(Guid jobId, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<Job>> ListAsync(JobFilter filter, CancellationToken cancellationToken);

    /// <summary>A job's events. <paramref name="after"/> null: the newest first; else those after that id, oldest first.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAsync(Guid jobId, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>Events of all jobs after a cursor, oldest first: the live stream.</summary>
    Task<IReadOnlyList<JobEvent>> EventsAfterAsync(long after, int limit, CancellationToken cancellationToken);
    /// <summary>Events of all jobs, newest first.</summary>
    Task<IReadOnlyList<RecentEvent>> RecentEventsAsync(RecentEventFilter filter, CancellationToken cancellationToken);
    Task<long> LastEventIdAsync(CancellationToken cancellationToken);
    Task<IReadOnlyList<QueueState>> QueuesAsync(CancellationToken cancellationToken);
    Task<IReadOnlyList<WorkerState>> WorkersAsync(CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken);
    Task<DeadLetter?> FindDeadLetterAsync(Guid deadLetterId, CancellationToken cancellationToken);
    Task<long> CountDeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken);

    /// <summary>The stages of a coordinator's batch, or none.</summary>
    Task<IReadOnlyList<BatchStageState>> BatchAsync(Guid parentJobId, CancellationToken cancellationToken);
}

/// <param name="TopLevelOnly">Leave out jobs that have a parent.</param>
/// <param name="Before">Only jobs enqueued before this one: the cursor of the next page.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record JobFilter(
    JobStatus? Status = null, string? Operation = null, string? QueueName = null, Guid? ParentJobId = null,
    bool TopLevelOnly = false, Guid? Before = null, int Limit = 50, int Offset = 0);

/// <param name="MinLevel">Of this level or worse.</param>
/// <param name="Name">A name, or the beginning of names with a star.</param>
/// <param name="Before">Only events before this id.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record RecentEventFilter(
    JobEventLevel MinLevel = JobEventLevel.Info, string? Name = null, long? Before = null, int Limit = 50)
{
    /// <summary>Events looked at for a name: one that is rare must not be a walk through all of history.</summary>
    public const int Depth = 200_000;
}

/// <param name="Operation">Null: the job is deleted.</param>
public sealed record RecentEvent(JobEvent Event, string? Operation);

/// <summary>A queue as it stands, with the totals since the workspace began.</summary>
/// <param name="MaxRunning">Units that may run at once over all workers; null: no limit; 1: a singleton queue.</param>
/// <param name="OldestReadyAt">When the unit that waits longest was enqueued.</param>
public sealed record QueueState(
    string Name, int? MaxRunning, bool Paused, long Ready, long Deferred, long Running, DateTimeOffset? OldestReadyAt,
    long Succeeded, long Failed, long Cancelled, int Workers)
{
    /// <summary>Null: it is open.</summary>
    public QueuePause? Pause { get; init; }

    /// <summary>Units whose resource, key or rate has no room now.</summary>
    public long Parked { get; init; }

    /// <summary>Items of batches among those that wait (ready, deferred or parked); the others are jobs.</summary>
    public long WaitingItems { get; init; }
    public LostPolicy OnLost { get; init; }
    public int? MaxRunningPerKey { get; init; }
    public RateLimit? Rate { get; init; }
    public RateLimit? RatePerKey { get; init; }

    /// <summary>Starts that count in the window of <see cref="Rate"/> now.</summary>
    public long RateUsed { get; init; }
}

/// <param name="By">Who paused the queue; null: by hand in the database.</param>
public sealed record QueuePause(DateTimeOffset At, string? By, string? Reason);

/// <param name="State"><c>running</c>, <c>draining</c>, or <c>dead</c> (its heartbeat is older than the lease).</param>
public sealed record WorkerState(
    string Id, string Host, int ProcessId, IReadOnlyList<string> Queues, int Slots, int Busy, string State,
    DateTimeOffset StartedAt, DateTimeOffset HeartbeatAt)
{
    /// <summary>How it takes part: see <see cref="WorkerKinds"/>.</summary>
    public string Kind { get; init; } = WorkerKinds.Process;
    public IReadOnlyDictionary<string, string> Labels { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Who asked it to drain; null: nobody.</summary>
    public string? DrainRequestedBy { get; init; }
}

/// <param name="Kind"><c>job</c>, or <c>item</c> of the batch of <see cref="JobId"/>.</param>
/// <param name="Status"><c>pending</c>, <c>in_review</c>, <c>redriven</c> or <c>archived</c>.</param>
public sealed record DeadLetter(
    Guid Id, string Kind, Guid JobId, string QueueName, string Operation, string Payload, string ErrorCode,
    string ErrorMessage, int Attempts, string Status, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt, string? SettledBy,
    int? ItemIndex, int? Stage)
{
    /// <summary>The error code of units that outlived too many workers.</summary>
    public const string QuarantineCode = "WorkerKilled";

    /// <summary>Who looks at it; null: nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Urgency { get; init; } = "normal";

    /// <summary>Its payload was changed: a redrive sends the new one.</summary>
    public bool IsEdited { get; init; }

    /// <summary>It killed its workers: not sent again with others unless that is asked for.</summary>
    public bool IsQuarantined => ErrorCode == QuarantineCode;

    /// <summary>Nobody has decided yet.</summary>
    public bool IsOpen => Status is "pending" or "in_review";
}

/// <param name="Status">One status, or <c>open</c> for those that nobody has decided: pending and in review.</param>
public sealed record DeadLetterFilter(
    string? Status = null, string? QueueName = null, string? ErrorCode = null, Guid? JobId = null, int Limit = 50, int Offset = 0)
{
    public string? Operation { get; init; }
    public string? Assignee { get; init; }

    /// <summary>Only those that killed their workers, or only the others; null: both.</summary>
    public bool? IsQuarantined { get; init; }

    /// <summary>Only those made before this instant.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Only those older than this one, in the order of ids: the cursor of the next page.</summary>
    public Guid? BeforeId { get; init; }
}

public sealed record BatchStageState(int Stage, string Operation, string QueueName, long Total, long Done, long Failed);
