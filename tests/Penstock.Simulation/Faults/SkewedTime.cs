using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Faults;

/// <summary>The clock of one process: the wall clock may be wrong and be set, the passing of time is everybody's.</summary>
internal sealed class SkewedTime(TimeProvider inner, SimulatedProcess process) : TimeProvider
{
    public override long TimestampFrequency => inner.TimestampFrequency;
    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + process.Skew;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        inner.CreateTimer(callback, state, dueTime, period);
}
