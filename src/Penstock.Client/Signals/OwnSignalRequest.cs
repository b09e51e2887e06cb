using System.Text.Json;

namespace Penstock.Client.Signals;

/// <summary>What a job's own signal carries.</summary>
public sealed record OwnSignalRequest
{
    /// <summary>Any JSON value; absent: null.</summary>
    public JsonElement? Payload { get; init; }
}
