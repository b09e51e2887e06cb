namespace Penstock.Engine.Jobs;

/// <summary>One durable unit of work, as the store holds it.</summary>
public sealed record Job
{
    /// <summary>UUID version 7, made by the client that enqueued it.</summary>
    public required Guid Id { get; init; }
    public required string Operation { get; init; }
    public required string QueueName { get; init; }
    public required JobStatus Status { get; init; }

    /// <summary>JSON text, as enqueued.</summary>
    public required string Payload { get; init; }

    /// <summary>JSON object text of the caller's own notes, or null.</summary>
    public string? Meta { get; init; }

    /// <summary>JSON text of what the operation returned; null until it succeeded.</summary>
    public string? Result { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the present or last attempt was claimed.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Not before this instant: a delay, a retry or a snooze. Null: at once.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Items (or units the operation chose) done so far; null until the operation reports any.</summary>
    public long? ProgressCurrent { get; init; }
    public long? ProgressTotal { get; init; }
    public Guid? ParentJobId { get; init; }
    public string? ErrorCode { get; init; }
    public string? ErrorMessage { get; init; }

    /// <summary>Higher runs first; -1000 to 1000, default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Executions begun so far, snoozed and lost ones included; only grows.</summary>
    public int Attempt { get; init; }

    /// <summary>Failures allowed before the job becomes a dead letter.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>Snoozes: executions that asked to come back later. They spend no attempt.</summary>
    public int Retries { get; init; }

    /// <summary>Executions whose worker died. Counted apart; too many quarantine the job.</summary>
    public int Deaths { get; init; }

    /// <summary>Number of the claim that may write this job; 0 before the first.</summary>
    public long Fence { get; init; }
    public string? WorkerId { get; init; }
    public string? IdempotencyKey { get; init; }

    /// <summary>Held while the job is queued or running; null: none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>
    /// What a running job without a worker waits for (<c>batch</c>, <c>children</c>), or a queued one that is not to be
    /// claimed yet (<c>dependencies</c>, <c>signal</c>, <c>sleep</c>); else null.
    /// </summary>
    public string? WaitingFor { get; init; }

    /// <summary>Longest run of one attempt; null: no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>JSON object text of the units it needs by resource name; null: none.</summary>
    public string? Resources { get; init; }
}
