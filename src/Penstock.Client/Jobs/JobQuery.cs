namespace Penstock.Client.Jobs;

/// <summary>Which jobs a listing shows, newest first.</summary>
public sealed record JobQuery
{
    public string? Status { get; init; }
    public string? Operation { get; init; }
    public string? QueueName { get; init; }
    public Guid? ParentJobId { get; init; }

    /// <summary>Also jobs that have a parent. Implied by <see cref="ParentJobId"/>.</summary>
    public bool IncludeChildren { get; init; }

    /// <summary>1 to 500.</summary>
    public int Limit { get; init; } = 50;
    public int Offset { get; init; }

    /// <summary>Only jobs enqueued before this one: the id of the last row seen.</summary>
    public Guid? Before { get; init; }
}
