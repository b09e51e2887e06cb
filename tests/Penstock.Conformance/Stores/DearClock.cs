namespace Penstock.Conformance.Stores;

/// <summary>The time of another clock, but whatever is measured took one tick: a look at a whole queue is never cheap, and claims begin at floors.</summary>
internal sealed class DearClock(TimeProvider clock, long ticksPerSecond) : TimeProvider
{
    private long _calls;

    public override long TimestampFrequency => ticksPerSecond;

    public override long GetTimestamp() => Interlocked.Increment(ref _calls);

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);
}
