using System.Text.Json;

namespace Penstock.Client.DeadLetters;

/// <summary>Replaces the payload that a redrive will send.</summary>
public sealed record DeadLetterEditRequest
{
    /// <summary>A JSON object that fits the operation.</summary>
    public required JsonElement Payload { get; init; }

    /// <summary>Why; written to its history.</summary>
    public string? Note { get; init; }
}
