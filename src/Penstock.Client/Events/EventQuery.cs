namespace Penstock.Client.Events;

/// <summary>Which of the newest events over all jobs.</summary>
public sealed record EventQuery
{
    /// <summary>Of this level or worse: <c>info</c>, <c>warning</c>, <c>error</c>. Null: all.</summary>
    public string? Level { get; init; }

    /// <summary>A name, or the beginning of names with a star: <c>job.*</c>. Null: all.</summary>
    public string? Event { get; init; }

    /// <summary>Only events before this id: the cursor of the next page.</summary>
    public long? Before { get; init; }

    /// <summary>1 to 500; null: 50.</summary>
    public int? Limit { get; init; }
}
