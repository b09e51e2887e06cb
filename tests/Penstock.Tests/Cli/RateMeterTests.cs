using Penstock.Cli.Watching;
using Xunit;

namespace Penstock.Tests.Cli;

public sealed class RateMeterTests
{
    private readonly StoppedClock _clock = new();

    [Fact]
    public void A_steady_speed_is_right_from_the_second_report_on_and_tells_the_time_left()
    {
        RateMeter meter = new(_clock);
        meter.Observe(0);
        Assert.Null(meter.PerSecond);
        Assert.Null(meter.Remaining(100));

        for (int count = 20; count <= 60; count += 20)
        {
            _clock.Advance(TimeSpan.FromSeconds(2));
            meter.Observe(count);
            Assert.Equal(10, meter.PerSecond!.Value, 9);
        }

        Assert.Equal(4, meter.Remaining(100)!.Value.TotalSeconds, 9);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(1, meter.Remaining(100)!.Value.TotalSeconds, 9);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, meter.Remaining(100));
    }

    [Fact]
    public void A_new_speed_takes_over_within_a_minute_without_a_jump()
    {
        RateMeter meter = new(_clock);
        meter.Observe(0);
        long count = 0;
        for (int second = 0; second < 60; second++)
            meter.ObserveAfter(_clock, count += 10);
        meter.ObserveAfter(_clock, count += 100);
        Assert.InRange(meter.PerSecond!.Value, 10, 15);

        for (int second = 0; second < 60; second++)
            meter.ObserveAfter(_clock, count += 100);

        Assert.InRange(meter.PerSecond!.Value, 80, 100);
    }

    [Fact]
    public void A_count_that_goes_back_is_measured_anew()
    {
        RateMeter meter = new(_clock);
        meter.Observe(0);
        meter.ObserveAfter(_clock, 50);
        meter.ObserveAfter(_clock, 5);
        Assert.Null(meter.PerSecond);

        meter.ObserveAfter(_clock, 8);

        Assert.Equal(3, meter.PerSecond!.Value, 9);
    }
}

/// <summary>A clock that only moves when told to.</summary>
internal sealed class StoppedClock : TimeProvider
{
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}

internal static class RateMeterSteps
{
    public static void ObserveAfter(this RateMeter meter, StoppedClock clock, long count)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        meter.Observe(count);
    }
}
