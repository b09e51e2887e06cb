namespace Penstock.Client.DeadLetters;

/// <summary>Which dead letters a listing or a count takes, newest first.</summary>
public sealed record DeadLetterQuery
{
    /// <summary><c>pending</c> or <c>redriven</c>; null: both.</summary>
    public string? Status { get; init; }
    public string? QueueName { get; init; }
    public string? ErrorCode { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>1 to 500.</summary>
    public int Limit { get; init; } = 50;
    public int Offset { get; init; }
}
