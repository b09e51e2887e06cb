namespace Penstock.Client.Signals;

/// <summary>Which signals a listing shows, newest first.</summary>
public sealed record SignalQuery
{
    /// <summary>Only names that begin so.</summary>
    public string? Prefix { get; init; }

    /// <summary>1 to 500.</summary>
    public int Limit { get; init; } = 50;
    public int Offset { get; init; }
}
