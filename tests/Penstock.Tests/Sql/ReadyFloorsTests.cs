using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;
using Xunit;

namespace Penstock.Tests.Sql;

public sealed class ReadyFloorsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ReadyRange Everything = ReadyRange.Between(int.MinValue, int.MaxValue);

    private readonly QueueFloors _floors = new();

    [Fact]
    public void While_a_look_from_the_start_is_cheap_each_one_is()
    {
        _floors.Took([new Hint(0, 0, 7)]);
        _floors.LookedFromStart(Now, TimeSpan.FromMilliseconds(0.2));

        Assert.Equal([Everything], _floors.Ranges(Now, out DateTimeOffset? next));
        Assert.Null(next);
    }

    [Fact]
    public void After_a_dear_one_claims_begin_behind_what_they_took_and_see_every_other_priority()
    {
        _floors.LookedFromStart(Now, TimeSpan.FromMilliseconds(10));
        _floors.Took([new Hint(-5, 0, 3), new Hint(0, 0, 9), new Hint(0, 0, 8), new Hint(0, 1, 4)]);

        Assert.Equal(
            [
                ReadyRange.Between(int.MinValue, -5), ReadyRange.Lane(-5, 0, 4), ReadyRange.Lane(-5, 1, 0),
                ReadyRange.Between(-5, 0), ReadyRange.Lane(0, 0, 10), ReadyRange.Lane(0, 1, 5),
                ReadyRange.Between(0, int.MaxValue),
            ],
            _floors.Ranges(Now, out DateTimeOffset? next));
        Assert.Equal(Now.AddMilliseconds(500), next);
    }

    [Theory]
    [InlineData(10, 500)]
    [InlineData(60, 2_000)]
    [InlineData(300, 6_000)]
    public void The_next_look_from_the_start_comes_within_two_seconds_unless_it_would_cost_a_twentieth_of_the_time(int tookMs, int restMs)
    {
        _floors.LookedFromStart(Now, TimeSpan.FromMilliseconds(tookMs));
        _floors.Took([new Hint(0, 0, 9)]);

        Assert.NotEqual([Everything], _floors.Ranges(Now.AddMilliseconds(restMs - 1), out _));
        Assert.Equal([Everything], _floors.Ranges(Now.AddMilliseconds(restMs), out _));
    }

    [Fact]
    public void A_clock_that_is_set_back_hides_nothing()
    {
        _floors.LookedFromStart(Now, TimeSpan.FromSeconds(1));
        _floors.Took([new Hint(0, 0, 9)]);

        Assert.Equal([Everything], _floors.Ranges(Now.AddHours(-1), out _));
    }

    [Fact]
    public void A_hint_that_returns_lowers_its_floor()
    {
        _floors.LookedFromStart(Now, TimeSpan.FromSeconds(1));
        _floors.Took([new Hint(0, 0, 9)]);
        _floors.Returns(new Hint(0, 0, 4));
        _floors.Returns(new Hint(0, 0, 6));
        _floors.Returns(new Hint(3, 0, 1));

        Assert.Equal(
            [ReadyRange.Between(int.MinValue, 0), ReadyRange.Lane(0, 0, 4), ReadyRange.Lane(0, 1, 0), ReadyRange.Between(0, int.MaxValue)],
            _floors.Ranges(Now, out _));
    }

    [Fact]
    public void Whoever_uses_very_many_priorities_does_without()
    {
        _floors.LookedFromStart(Now, TimeSpan.FromSeconds(1));
        for (int prio = 0; prio < 33; prio++)
            _floors.Took([new Hint(prio, 0, 9)]);

        Assert.Equal([Everything], _floors.Ranges(Now, out _));
    }
}
