namespace Penstock.Tests.Ops;

/// <summary>The machine's clock, moved forward by what a test asks; timers run as ever.</summary>
internal sealed class SettableTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
}
