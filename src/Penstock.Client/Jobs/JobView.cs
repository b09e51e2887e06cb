namespace Penstock.Client.Jobs;

/// <summary>A job as listings show it.</summary>
public record JobView
{
    public required Guid Id { get; init; }

    /// <summary>Registered name, such as <c>ping</c>.</summary>
    public required string Operation { get; init; }
    public required string QueueName { get; init; }

    /// <summary><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string Status { get; init; }
    public required Guid? ParentJobId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the present or last attempt was claimed.</summary>
    public required DateTimeOffset? StartedAt { get; init; }
    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Not before this instant: a delay, a retry or a snooze.</summary>
    public required DateTimeOffset? RunAt { get; init; }
    public required long? ProgressCurrent { get; init; }
    public required long? ProgressTotal { get; init; }
    public required string? ErrorCode { get; init; }
    public required string? ErrorMessage { get; init; }

    /// <summary>Higher runs first; -1000 to 1000.</summary>
    public required int Priority { get; init; }

    /// <summary>Executions begun so far.</summary>
    public required int Attempt { get; init; }

    /// <summary>Failures allowed before the job becomes a dead letter.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Snoozes so far; they spend no attempt.</summary>
    public required int Retries { get; init; }
    public required string? WorkerId { get; init; }

    /// <summary>
    /// What a running job without a worker waits for (<c>batch</c>, <c>children</c>), or a queued one besides its turn
    /// (<c>dependencies</c>, <c>signal</c>, <c>sleep</c>); else null.
    /// </summary>
    public required string? WaitingFor { get; init; }
}
