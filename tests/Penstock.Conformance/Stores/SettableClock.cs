namespace Penstock.Conformance.Stores;

/// <summary>A clock that stands until a test moves it. Stores ask for the time and set no timers.</summary>
public sealed class SettableClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
