using System.Text.Json;

namespace Penstock.Client.Operations;

/// <summary>An operation that jobs can name.</summary>
/// <param name="QueueName">Where its jobs wait unless the request says otherwise.</param>
/// <param name="TimeoutSeconds">Longest run of one attempt; null: no limit.</param>
/// <param name="Enqueueable">False for the stages of a batch: only their coordinator makes them.</param>
/// <param name="PayloadSchema">JSON Schema of the payload.</param>
public sealed record OperationView(
    string Name, string QueueName, string Summary, int MaxAttempts, double? TimeoutSeconds, bool Enqueueable, JsonElement PayloadSchema)
{
    /// <summary><c>code</c>: part of this program. <c>exec</c>: a program it starts. <c>external</c>: run by remote workers.</summary>
    public string Kind { get; init; } = "code";

    /// <summary>The program and its arguments; null unless the kind is <c>exec</c>.</summary>
    public IReadOnlyList<string>? Command { get; init; }
}
