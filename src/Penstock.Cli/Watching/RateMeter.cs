namespace Penstock.Cli.Watching;

/// <summary>Speed of a count that grows, smoothed so that an estimate does not jump with every report.</summary>
/// <remarks>An exponentially weighted mean over about half a minute; the first reports count fully, so it is right at once.</remarks>
internal sealed class RateMeter(TimeProvider time)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private long _lastCount;
    private long _lastTimestamp;
    private double _weight;
    private double _weightedRate;
    private bool _started;

    /// <summary>Units per second; null before two different counts were seen.</summary>
    public double? PerSecond => _weight > 0 ? _weightedRate / _weight : null;

    public void Observe(long count)
    {
        long now = time.GetTimestamp();
        // Going back means a new attempt or a new plan: measure anew.
        if (!_started || count < _lastCount)
        {
            (_started, _lastCount, _lastTimestamp, _weight, _weightedRate) = (true, count, now, 0, 0);
            return;
        }
        double seconds = time.GetElapsedTime(_lastTimestamp, now).TotalSeconds;
        if (count == _lastCount || seconds <= 0)
            return;
        double keep = Math.Exp(-seconds / Memory.TotalSeconds);
        double rate = (count - _lastCount) / seconds;
        _weightedRate = _weightedRate * keep + rate * (1 - keep);
        _weight = _weight * keep + (1 - keep);
        (_lastCount, _lastTimestamp) = (count, now);
    }

    /// <summary>Time until <paramref name="total"/> at the present speed; null while that is unknown.</summary>
    public TimeSpan? Remaining(long total)
    {
        if (PerSecond is not { } rate || rate <= 0)
            return null;
        double seconds = (total - _lastCount) / rate - time.GetElapsedTime(_lastTimestamp).TotalSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, TimeSpan.FromDays(999).TotalSeconds));
    }
}
