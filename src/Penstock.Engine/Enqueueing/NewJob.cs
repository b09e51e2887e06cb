namespace Penstock.Engine.Enqueueing;

/// <summary>What a caller asks for; the engine fills the rest from the operation's registration.</summary>
/// <param name="Operation">Registered name.</param>
/// <param name="Payload">JSON object text.</param>
public sealed record NewJob(string Operation, string Payload)
{
    /// <summary>With the payload as an object: the operation's record, or anything with the same members.</summary>
    public static NewJob Of(string operation, object payload) => new(operation, Operations.PayloadJson.Write(payload));

    /// <summary>Null: the operation's own queue.</summary>
    public string? QueueName { get; init; }

    /// <summary>Null: made by the engine. Given by callers that must know it before the commit.</summary>
    public Guid? Id { get; init; }

    /// <summary>Higher runs first; -1000 to 1000.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Not before this long from now; added to nothing else.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>A second job with the same key is not made: the first one's id comes back. 1 to 200 characters.</summary>
    public string? IdempotencyKey { get; init; }
    public Guid? ParentJobId { get; init; }

    /// <summary>Jobs that have to end first; each must be stored already, or stand earlier in the same call. At most 1000.</summary>
    public IReadOnlyList<Guid> DependsOn { get; init; } = [];

    /// <summary>What becomes of this job when one it depends on does not succeed.</summary>
    public DependencyFailurePolicy OnDependencyFailure { get; init; }

    /// <summary>While a job with this key is queued or running no other is made: its id comes back. 1 to 200 characters.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>Null: the operation's own.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Longest run of one attempt. Null: the operation's own.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Units of named resources this job holds while it runs, on top of its operation's; its own word on a name wins.</summary>
    public IReadOnlyDictionary<string, int>? Resources { get; init; }

    /// <summary>Jobs of one queue with the same key share its <c>max_running_per_key</c> and <c>rate_per_key</c>. 1 to 200 characters.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>JSON object text of the caller's own notes.</summary>
    public string? Meta { get; init; }

    /// <summary>Who asked, for the history: <c>api</c>, <c>cli</c>, <c>schedule</c>, an operation's name.</summary>
    public string? Source { get; init; }
}

/// <summary>The job that now stands for the request.</summary>
/// <param name="Existed">The idempotency key was known, or the unique key is held: the job was made by an earlier request.</param>
public sealed record EnqueueResult(Guid JobId, bool Existed);
