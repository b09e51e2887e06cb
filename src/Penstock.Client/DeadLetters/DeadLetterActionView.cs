using System.Text.Json;

namespace Penstock.Client.DeadLetters;

/// <summary>One thing done to a dead letter.</summary>
/// <param name="Action"><c>reviewed</c>, <c>edited</c>, <c>archived</c>, <c>reopened</c> or <c>redriven</c>.</param>
/// <param name="Assignee">Set by this review; null: left as it was.</param>
/// <param name="Urgency">Set by this review; null: left as it was.</param>
/// <param name="PayloadBefore">What an edit replaced.</param>
public sealed record DeadLetterActionView(
    DateTimeOffset At, string? Actor, string Action, string? Note, string? Assignee, string? Urgency, JsonElement? PayloadBefore);
