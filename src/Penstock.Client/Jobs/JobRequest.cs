using System.Text.Json;

namespace Penstock.Client.Jobs;

/// <summary>A job to be enqueued.</summary>
/// <param name="Operation">Registered name.</param>
public sealed record JobRequest(string Operation)
{
    /// <summary>Absent: the operation's own queue.</summary>
    public string? QueueName { get; init; }

    /// <summary>A JSON object; absent: {}.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>A JSON object of the caller's own notes.</summary>
    public JsonElement? Meta { get; init; }

    /// <summary>Higher runs first; -1000 to 1000.</summary>
    public int Priority { get; init; }

    /// <summary>Not before this instant.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Not before this long from now.</summary>
    public double? DelaySeconds { get; init; }

    /// <summary>A second request with the same key makes no second job: the first one's id comes back.</summary>
    public string? IdempotencyKey { get; init; }
    public Guid? ParentJobId { get; init; }

    /// <summary>Jobs that have to end first; at most 1000.</summary>
    public IReadOnlyList<Guid>? DependsOn { get; init; }

    /// <summary>What becomes of this job when one it depends on does not succeed: <c>cancel</c> (usual), <c>run</c> or <c>hold</c>.</summary>
    public string? OnDependencyFailure { get; init; }

    /// <summary>While a job with this key is queued or running no other is made: its id comes back.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>Absent: the operation's own.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Longest run of one attempt. Absent: the operation's own.</summary>
    public double? TimeoutSeconds { get; init; }

    /// <summary>Units of named resources it holds while it runs, on top of its operation's.</summary>
    public IReadOnlyDictionary<string, int>? Resources { get; init; }

    /// <summary>Jobs of one queue with the same key share its limits per key. 1 to 200 characters.</summary>
    public string? ConcurrencyKey { get; init; }
}
