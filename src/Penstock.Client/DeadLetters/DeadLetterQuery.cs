namespace Penstock.Client.DeadLetters;

/// <summary>Which dead letters a listing or a count takes, newest first.</summary>
public sealed record DeadLetterQuery
{
    /// <summary><c>pending</c>, <c>in_review</c>, <c>redriven</c>, <c>archived</c>, or <c>open</c> for those nobody has decided; null: all.</summary>
    public string? Status { get; init; }
    public string? QueueName { get; init; }
    public string? Operation { get; init; }
    public string? Assignee { get; init; }

    /// <summary>Only those that killed their workers, or only the others; null: both.</summary>
    public bool? Quarantined { get; init; }
    public string? ErrorCode { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>1 to 500.</summary>
    public int Limit { get; init; } = 50;
    public int Offset { get; init; }
}
