using Penstock.Console.Proteins;
using Penstock.Console.Text;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class TextTests
{
    private static readonly DateTimeOffset Now = ConsoleUnderTest.StoppedClock.Noon;

    [Theory]
    [InlineData(0.84, "840 ms")]
    [InlineData(4.29, "4.2 s")]
    [InlineData(59.9, "59 s")]
    [InlineData(185, "3 min 05 s")]
    [InlineData(7_859, "2 h 10 min")]
    [InlineData(442_800, "5 d 3 h")]
    [InlineData(-3, "0 ms")]
    public void A_duration_has_at_most_two_units(double seconds, string expected) =>
        Assert.Equal(expected, Durations.Say(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(3, "just now")]
    [InlineData(-3, "just now")]
    [InlineData(12, "12 s ago")]
    [InlineData(-45, "in 45 s")]
    [InlineData(3_599, "59 min ago")]
    [InlineData(90_000, "25 h ago")]
    [InlineData(345_600, "4 d ago")]
    public void An_instant_is_told_from_now(double secondsAgo, string expected) =>
        Assert.Equal(expected, Instants.Relative(Now.AddSeconds(-secondsAgo), Now));

    [Fact]
    public void The_exact_time_is_UTC_whatever_the_offset_it_came_with() =>
        Assert.Equal("2026-03-01 11:00:00 UTC", Instants.Exact(new DateTimeOffset(2026, 3, 1, 13, 0, 0, TimeSpan.FromHours(2))));

    [Theory]
    [InlineData(1_250.4, "1,250/s")]
    [InlineData(3.21, "3.2/s")]
    [InlineData(0.25, "15/min")]
    [InlineData(0.001, "3.6/h")]
    public void A_rate_takes_the_unit_that_shows_it_best(double perSecond, string expected) => Assert.Equal(expected, Numbers.Rate(perSecond));

    [Theory]
    [InlineData(0.004, "< 1 %")]
    [InlineData(0, "0 %")]
    [InlineData(0.999, "99 %")]
    [InlineData(1, "100 %")]
    public void A_share_is_never_rounded_up_to_done(double share, string expected) => Assert.Equal(expected, Numbers.Percent(share));

    [Fact]
    public void Fields_are_told_in_one_line_without_the_nested_and_the_reserved_ones() =>
        Assert.Equal(
            "rows 1,204 · source goa · share 0.25 · done yes",
            JsonText.Summarise(FakeApi.Element("""{"rows":1204,"source":"goa","list":[1],"_progress_current":3,"share":0.25,"done":true,"none":null}""")));

    [Fact]
    public void A_long_term_name_is_broken_at_spaces_into_three_lines_at_most()
    {
        Assert.Equal(["kinase activity"], GoGraphDrawing.Wrap("kinase activity"));
        IReadOnlyList<string> lines = GoGraphDrawing.Wrap("transferase activity, transferring phosphorus-containing groups, phosphotransferase activity");
        Assert.Equal(3, lines.Count);
        Assert.EndsWith("…", lines[^1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 22));
    }
}
