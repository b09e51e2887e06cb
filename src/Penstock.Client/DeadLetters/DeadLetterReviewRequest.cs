namespace Penstock.Client.DeadLetters;

/// <summary>Takes a dead letter into review. Members that are absent stay as they are.</summary>
public sealed record DeadLetterReviewRequest
{
    /// <summary>Who looks at it; absent at the first review: the caller.</summary>
    public string? Assignee { get; init; }

    /// <summary><c>low</c>, <c>normal</c>, <c>high</c> or <c>critical</c>.</summary>
    public string? Urgency { get; init; }

    /// <summary>Written to its history; up to 4000 characters.</summary>
    public string? Note { get; init; }
}
