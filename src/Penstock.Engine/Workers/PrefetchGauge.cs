namespace Penstock.Engine.Workers;

/// <summary>How many units to claim ahead of free slots: some while all operations seen are quick, none as soon as one is not.</summary>
internal sealed class PrefetchGauge(int max)
{
    /// <summary>Below this mean run time the round trip to the store costs more than the work.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);

    private const int SeenMin = 5;
    private const double NewWeight = 0.2;

    private readonly Dictionary<string, (double MeanMs, int Seen)> _operations = new(StringComparer.Ordinal);

    public int Ahead { get; private set; }

    public void Observe(string operation, TimeSpan took)
    {
        (double mean, int seen) = _operations.GetValueOrDefault(operation);
        mean = seen == 0 ? took.TotalMilliseconds : mean + NewWeight * (took.TotalMilliseconds - mean);
        _operations[operation] = (mean, Math.Min(seen + 1, SeenMin));
        bool quick = true;
        foreach ((double meanMs, int times) in _operations.Values)
            quick &= times >= SeenMin && meanMs < Quick.TotalMilliseconds;
        Ahead = quick ? max : 0;
    }
}
