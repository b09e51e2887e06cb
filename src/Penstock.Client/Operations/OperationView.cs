using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Client.Operations;

/// <summary>An operation that jobs can name.</summary>
/// <param name="QueueName">Where its jobs wait unless the request says otherwise.</param>
/// <param name="TimeoutSeconds">Longest run of one attempt; null: no limit.</param>
/// <param name="Enqueueable">False for the stages of a batch: only their coordinator makes them.</param>
/// <param name="PayloadSchema">JSON Schema of the payload.</param>
public sealed record OperationView(
    string Name, string QueueName, string Summary, int MaxAttempts, double? TimeoutSeconds, bool Enqueueable,
    // A schema names members; it holds none of their values.
    [property: JsonConverter(typeof(UnmaskedJsonConverter))] JsonElement PayloadSchema)
{
    /// <summary><c>code</c>: part of this program. <c>exec</c>: a program it starts. <c>external</c>: run by remote workers.</summary>
    public string Kind { get; init; } = "code";

    /// <summary>Whether payloads and results of its jobs are stored encrypted only.</summary>
    public bool EncryptsPayload { get; init; }

    /// <summary>The program and its arguments; null unless the kind is <c>exec</c>.</summary>
    public IReadOnlyList<string>? Command { get; init; }
}
