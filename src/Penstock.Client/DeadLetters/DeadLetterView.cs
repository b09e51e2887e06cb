using System.Text.Json;

namespace Penstock.Client.DeadLetters;

/// <summary>A job or item out of attempts, kept for people.</summary>
/// <param name="Kind"><c>job</c>, or <c>item</c> of the batch of <see cref="JobId"/>.</param>
/// <param name="Status"><c>pending</c> or <c>redriven</c>.</param>
/// <param name="SettledBy">Who sent it again.</param>
/// <param name="ItemIndex">Position in the batch; null for a job.</param>
/// <param name="Stage">Stage of the batch, from 0; null for a job.</param>
public sealed record DeadLetterView(
    Guid Id, string Kind, Guid JobId, string QueueName, string Operation, JsonElement Payload, string ErrorCode,
    string ErrorMessage, int Attempts, string Status, DateTimeOffset CreatedAt, DateTimeOffset? SettledAt, string? SettledBy,
    int? ItemIndex, int? Stage);
