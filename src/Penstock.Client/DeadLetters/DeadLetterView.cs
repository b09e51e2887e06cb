using System.Text.Json;

namespace Penstock.Client.DeadLetters;

/// <summary>A job or item out of attempts, kept for people.</summary>
/// <param name="Kind"><c>job</c>, or <c>item</c> of the batch of <see cref="JobId"/>.</param>
/// <param name="Status"><c>pending</c>, <c>in_review</c>, <c>redriven</c> or <c>archived</c>.</param>
/// <param name="SettledBy">Who sent it again or archived it.</param>
/// <param name="ItemIndex">Position in the batch; null for a job.</param>
/// <param name="Stage">Stage of the batch, from 0; null for a job.</param>
public sealed record DeadLetterView(
    Guid Id, string Kind, Guid JobId, string QueueName, string Operation, JsonElement Payload, string ErrorCode,
    string ErrorMessage, int Attempts, string Status, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt, string? SettledBy,
    int? ItemIndex, int? Stage)
{
    /// <summary>Who looks at it; null: nobody yet.</summary>
    public string? Assignee { get; init; }

    /// <summary><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Urgency { get; init; } = "normal";

    /// <summary>Its payload was changed after it failed: a redrive sends the new one.</summary>
    public bool Edited { get; init; }

    /// <summary>Workers died while they ran it. Sending many again leaves it out unless asked for.</summary>
    public bool Quarantined { get; init; }

    /// <summary>What people did to it, oldest first; null in listings.</summary>
    public IReadOnlyList<DeadLetterActionView>? History { get; init; }
}
