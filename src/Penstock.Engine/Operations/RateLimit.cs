namespace Penstock.Engine.Operations;

/// <summary>At most <paramref name="Count"/> starts in any window of the length <paramref name="Per"/>, over all workers.</summary>
/// <remarks>A start counts at its claim. Two starts exactly <paramref name="Per"/> apart are in different windows.</remarks>
/// <param name="Count">1 to 100000.</param>
/// <param name="Per">1 ms to 31 days.</param>
public sealed record RateLimit(int Count, TimeSpan Per)
{
    public const int CountMax = 100_000;
    public static readonly TimeSpan PerMin = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan PerMax = TimeSpan.FromDays(31);

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Problem =>
        Count is < 1 or > CountMax ? $"a rate allows 1 to {CountMax} starts, not {Count}"
        : Per < PerMin || Per > PerMax ? $"the window of a rate is 1 ms to 31 days long, not {Per}"
        : null;
}
