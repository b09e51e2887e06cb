namespace Penstock.Client.DeadLetters;

/// <summary>Which dead letters to settle at once: those that fit all members given, of those that nobody has decided.</summary>
public sealed record DeadLetterSelection
{
    /// <summary><c>pending</c>, <c>in_review</c> or <c>open</c> for both. Default: pending.</summary>
    public string Status { get; init; } = "pending";
    public string? QueueName { get; init; }
    public string? Operation { get; init; }
    public string? ErrorCode { get; init; }
    public string? Assignee { get; init; }
    public Guid? JobId { get; init; }

    /// <summary>Only those older than this many seconds.</summary>
    public double? OlderThanSeconds { get; init; }

    /// <summary>Also those that killed their workers. Default: no.</summary>
    public bool IncludeQuarantined { get; init; }

    /// <summary>None but those that killed their workers. Default: no.</summary>
    public bool OnlyQuarantined { get; init; }

    /// <summary>Written to the history of each that is archived.</summary>
    public string? Note { get; init; }
}
