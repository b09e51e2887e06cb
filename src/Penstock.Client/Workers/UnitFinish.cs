using System.Text.Json;

namespace Penstock.Client.Workers;

/// <summary>How an execution ended.</summary>
/// <param name="Outcome"><c>succeeded</c>, <c>failed</c>, <c>snoozed</c> (its source is busy) or <c>released</c> (the worker ends).</param>
public sealed record UnitFinish(string Outcome)
{
    /// <summary>Of a job that succeeded: any JSON, stored on it. Of an item: its payload in the next stage.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>Required when it failed: a short name for this kind of failure, 1 to 100 characters.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>What happened (failed), or why it waits (snoozed).</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Of a failure: false when no retry can mend it. The operation's retry policy decides the rest.</summary>
    public bool Retryable { get; init; } = true;

    /// <summary>Required when it is snoozed: 0 to 600; doubled with each time it was snoozed before.</summary>
    public double? DelaySeconds { get; init; }
}
