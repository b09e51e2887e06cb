using System.Globalization;
using Penstock.Engine.Scheduling;
using Xunit;

namespace Penstock.Tests.Engine.Scheduling;

/// <summary>Cases worked out by hand; <see cref="CronOracleTests"/> has the many.</summary>
public sealed class CronTests
{
    private const string Berlin = "Europe/Berlin";
    private const string NewYork = "America/New_York";

    [Theory]
    [InlineData("*/15 * * * *", "UTC", "2026-03-01T10:07:31Z", "2026-03-01T10:15:00Z")]
    [InlineData("0 9 * * mon-fri", Berlin, "2026-03-06T08:00:00Z", "2026-03-09T08:00:00Z")] // Friday to Monday
    [InlineData("0 0 1 * *", "UTC", "2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z")]
    [InlineData("0 0 31 * *", "UTC", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z")] // months without a 31st are left out
    [InlineData("0 12 29 2 *", "UTC", "2026-03-01T00:00:00Z", "2028-02-29T12:00:00Z")]
    [InlineData("0 12 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T12:00:00Z")] // 2100 is no leap year
    [InlineData("5,10 3-5/2 * jan,JUL sun", "UTC", "2026-01-01T00:00:00Z", "2026-01-04T03:05:00Z")]
    [InlineData("0 0 * * fri-sun", "UTC", "2026-03-02T00:00:00Z", "2026-03-06T00:00:00Z")]
    [InlineData("@hourly", "UTC", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z")]
    [InlineData("@daily", "Asia/Kathmandu", "2026-03-01T10:00:00Z", "2026-03-01T18:15:00Z")] // UTC+05:45
    [InlineData("@weekly", "UTC", "2026-03-04T10:00:00Z", "2026-03-08T00:00:00Z")] // a Sunday
    [InlineData("@monthly", "UTC", "2026-03-04T10:00:00Z", "2026-04-01T00:00:00Z")]
    [InlineData("@yearly", "UTC", "2026-03-04T10:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("@every 15m", Berlin, "2026-03-04T10:01:00Z", "2026-03-04T10:15:00Z")]
    [InlineData("@every 1h30m", "UTC", "1970-01-01T01:30:00Z", "1970-01-01T03:00:00Z")]
    [InlineData("@every 2d", "UTC", "1970-01-02T01:30:00Z", "1970-01-03T00:00:00Z")]
    public void The_next_slot_is_the_one_worked_out_by_hand(string cron, string zone, string after, string expected) =>
        Assert.Equal(Instant(expected), CronExpression.Parse(cron).NextAfter(Instant(after), TimeZones.Find(zone)));

    [Fact]
    public void Trap_weekday_0_mapped_to_Monday()
    {
        DateTimeOffset monday = Instant("2026-03-02T12:00:00Z");
        DateTimeOffset sunday = Instant("2026-03-08T00:00:00Z");
        foreach (string weekday in (string[])["0", "7", "sun", "SUN"])
            Assert.Equal(sunday, CronExpression.Parse($"0 0 * * {weekday}").NextAfter(monday, TimeZoneInfo.Utc));
        Assert.Equal(Instant("2026-03-09T00:00:00Z"), CronExpression.Parse("0 0 * * 1").NextAfter(monday, TimeZoneInfo.Utc));
        // Ranges that end or begin on Sunday hold it once, and nothing beside it.
        Assert.Equal(
            ["2026-03-06", "2026-03-07", "2026-03-08", "2026-03-13"],
            Days(CronExpression.Parse("0 0 * * 5-7").After(monday, TimeZoneInfo.Utc).Take(4)));
        Assert.Equal(
            ["2026-03-03", "2026-03-08", "2026-03-09", "2026-03-10"],
            Days(CronExpression.Parse("0 0 * * 0-2").After(monday, TimeZoneInfo.Utc).Take(4)));
    }

    [Fact]
    public void Either_day_field_is_enough_where_both_name_days_and_both_must_hold_where_one_is_open()
    {
        DateTimeOffset start = Instant("2026-03-01T12:00:00Z"); // a Sunday
        Assert.Equal(
            ["2026-03-06", "2026-03-13", "2026-03-20"], Days(CronExpression.Parse("0 0 13 * fri").After(start, TimeZoneInfo.Utc).Take(3)));
        Assert.Equal(
            ["2026-03-02", "2026-03-09", "2026-03-13", "2026-03-16"],
            Days(CronExpression.Parse("0 0 13 * mon").After(start, TimeZoneInfo.Utc).Take(4)));
        // As in Vixie cron, */2 leaves the day of month open: odd days that are Mondays.
        Assert.Equal(
            ["2026-03-09", "2026-03-23", "2026-04-13"], Days(CronExpression.Parse("0 0 */2 * mon").After(start, TimeZoneInfo.Utc).Take(3)));
    }

    [Fact]
    public void A_time_of_day_in_the_hour_that_is_skipped_runs_once_at_its_end()
    {
        TimeZoneInfo berlin = TimeZones.Find(Berlin); // 2026-03-29: 02:00 +01:00 becomes 03:00 +02:00, at 01:00 UTC
        Assert.Equal(
            ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
            Texts(CronExpression.Parse("30 2 * * *").After(Instant("2026-03-28T00:00:00Z"), berlin).Take(3)));
        Assert.Equal(
            ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"],
            Texts(CronExpression.Parse("0,20,40 2 * * *").After(Instant("2026-03-28T12:00:00Z"), berlin).Take(2)));
        // 03:00 itself is that very instant: one slot, not two.
        Assert.Equal(
            ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
            Texts(CronExpression.Parse("30 2,3 29-30 3 *").After(Instant("2026-03-28T12:00:00Z"), berlin).Where((_, i) => i != 1).Take(2)));
    }

    [Fact]
    public void A_time_of_day_in_the_hour_that_comes_twice_runs_in_its_first_pass_only()
    {
        TimeZoneInfo berlin = TimeZones.Find(Berlin); // 2026-10-25: 03:00 +02:00 becomes 02:00 +01:00, at 01:00 UTC
        Assert.Equal(
            ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
            Texts(CronExpression.Parse("30 2 * * *").After(Instant("2026-10-24T00:00:00Z"), berlin).Take(3)));
        Assert.Equal(
            ["2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"],
            Texts(CronExpression.Parse("0 2,3 25 10 *").After(Instant("2026-10-24T12:00:00Z"), berlin).Take(2)));
        // Asked for in the middle of the second pass.
        Assert.Equal(
            Instant("2026-10-26T01:30:00Z"), CronExpression.Parse("30 2 * * *").NextAfter(Instant("2026-10-25T01:10:00Z"), berlin));
    }

    [Fact]
    public void Open_minutes_or_hours_follow_elapsed_time_through_both_changes()
    {
        TimeZoneInfo newYork = TimeZones.Find(NewYork);
        // 2026-11-01: 02:00 -04:00 becomes 01:00 -05:00, at 06:00 UTC. Every hour of the 25 has its slot.
        Assert.Equal(25, CronExpression.Parse("0 * * * *").After(Instant("2026-11-01T03:59:59Z"), newYork).TakeWhile(s => s < Instant("2026-11-02T05:00:00Z")).Count());
        Assert.Equal(
            ["2026-11-01T05:00:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", "2026-11-02T06:00:00Z"],
            Texts(CronExpression.Parse("*/30 1 * * *").After(Instant("2026-11-01T04:00:00Z"), newYork).Take(5)));
        // 2026-03-08: the hour from 02:00 does not exist, and nothing stands for it.
        Assert.Equal(
            ["2026-03-07T07:30:00Z", "2026-03-09T06:00:00Z"],
            Texts(CronExpression.Parse("*/30 2 * * *").After(Instant("2026-03-07T07:00:00Z"), newYork).Take(2)));
    }

    [Fact]
    public void A_change_of_half_an_hour_is_a_change_like_any_other()
    {
        TimeZoneInfo lordHowe = TimeZones.Find("Australia/Lord_Howe");
        // 2026-10-04: 02:00 +10:30 becomes 02:30 +11:00, at 15:30 UTC the day before. 2026-04-05: 02:00 +11:00 becomes 01:30 +10:30, at 15:00 UTC.
        Assert.Equal(
            ["2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"],
            Texts(CronExpression.Parse("15 2 * * *").After(Instant("2026-10-02T15:00:00Z"), lordHowe).Take(3)));
        Assert.Equal(
            ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"],
            Texts(CronExpression.Parse("45 1 * * *").After(Instant("2026-04-04T12:00:00Z"), lordHowe).Take(2)));
    }

    [Fact]
    public void A_day_that_a_zone_left_out_runs_its_time_of_day_at_the_beginning_of_the_next()
    {
        // Samoa went from 29 to 31 December 2011, at 10:00 UTC.
        Assert.Equal(
            ["2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"],
            Texts(CronExpression.Parse("0 12 * * *").After(Instant("2011-12-29T12:00:00Z"), TimeZones.Find("Pacific/Apia")).Take(3)));
    }

    [Theory]
    [InlineData("", "1 to 200")]
    [InlineData("* * * *", "has 4 fields; five are needed")]
    [InlineData("0 0 12 * * ?", "has 6 fields; five are needed")]
    [InlineData("60 * * * *", "minute '60' is not allowed; allowed: 0 to 59")]
    [InlineData("* 24 * * *", "hour '24' is not allowed; allowed: 0 to 23")]
    [InlineData("* * 0 * *", "day of month '0' is not allowed; allowed: 1 to 31")]
    [InlineData("* * 32 * *", "day of month '32'")]
    [InlineData("* * * 13 *", "month '13' is not allowed; allowed: 1 to 12 or jan to dec")]
    [InlineData("* * * * 8", "day of week '8' is not allowed; allowed: 0 to 7 or sun to sat")]
    [InlineData("* * * * monday", "day of week 'monday'")]
    [InlineData("* * L * *", "day of month 'L'")]
    [InlineData("*/0 * * * *", "minute '*/0' has no step of 1 or more")]
    [InlineData("*/90 * * * *", "write @every")]
    [InlineData("5/15 * * * *", "write 5-59/15")]
    [InlineData("10-5 * * * *", "minute '10-5' runs backwards")]
    [InlineData("1-2-3 * * * *", "is no range")]
    [InlineData("1,,2 * * * *", "minute '' is not allowed")]
    [InlineData("-1 * * * *", "minute '-1'")]
    [InlineData("+1 * * * *", "minute '+1'")]
    [InlineData("1/2/3 * * * *", "more than one step")]
    [InlineData("@sometimes", "@hourly")]
    [InlineData("@every 0s", "1 s to 366 d are allowed")]
    [InlineData("@every 999999999d", "1 s to 366 d are allowed")]
    [InlineData("@every", "@every 15m")]
    [InlineData("@every 15", "@every 15m")]
    public void An_expression_that_is_none_is_refused_with_the_field_the_value_and_what_is_allowed(string cron, string says)
    {
        CronInvalidException error = Assert.Throws<CronInvalidException>(() => CronExpression.Parse(cron));
        Assert.Equal("cron-invalid", error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 2,4,6,9,11 *")]
    [InlineData("0 0 30,31 feb */2")]
    public void A_date_that_never_comes_is_refused_when_it_is_said_and_not_looked_for_for_ever(string cron) =>
        Assert.Contains("never comes", Assert.Throws<CronInvalidException>(() => CronExpression.Parse(cron)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_impossible_day_of_month_beside_a_weekday_runs_on_the_weekday() =>
        Assert.Equal(
            Instant("2026-02-02T00:00:00Z"), CronExpression.Parse("0 0 30 2 mon").NextAfter(Instant("2026-01-01T00:00:00Z"), TimeZoneInfo.Utc));

    [Fact]
    public void A_leap_day_on_a_given_weekday_is_found_however_far_it_is() =>
        Assert.Equal(
            Instant("2032-02-29T00:00:00Z"), // a Sunday; 2028 has a Tuesday
            CronExpression.Parse("0 0 29 2 */6").NextAfter(Instant("2026-01-01T00:00:00Z"), TimeZoneInfo.Utc));

    [Fact]
    public void The_end_of_the_calendar_ends_a_schedule_instead_of_an_error() =>
        Assert.Null(CronExpression.Parse("@daily").NextAfter(DateTimeOffset.MaxValue, TimeZones.Find(Berlin)));

    [Theory]
    [InlineData("Middle/Earth")]
    [InlineData("../../etc/passwd")]
    [InlineData("W. Europe Standard Time")]
    [InlineData("zone.tab")]
    [InlineData("")]
    public void A_time_zone_that_is_none_is_refused_with_what_would_be_one(string zone)
    {
        TimeZoneUnknownException error = Assert.Throws<TimeZoneUnknownException>(() => TimeZones.Find(zone));
        Assert.Equal("time-zone-unknown", error.Code);
        Assert.Contains("Europe/Berlin", error.Message, StringComparison.Ordinal);
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string[] Days(IEnumerable<DateTimeOffset> slots) => [.. slots.Select(s => s.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];

    private static string[] Texts(IEnumerable<DateTimeOffset> slots) =>
        [.. slots.Select(s => s.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture))];
}
