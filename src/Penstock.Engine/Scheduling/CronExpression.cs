using System.Globalization;
using System.Text.RegularExpressions;

namespace Penstock.Engine.Scheduling;

/// <summary>When something recurs: five cron fields, or an interval. Gives its moments (slots) one after the other.</summary>
/// <remarks>
/// Fields, names and the rule for days are those of Vixie cron: where both day fields name days, either is enough; where one is
/// open (begins with <c>*</c>), both must hold. Changes of the clock also follow it. An expression that names its minutes and
/// hours runs when the wall clock first reaches a time <i>or passes it</i>: once in the hour that comes twice, and at the first
/// instant after an hour that is skipped. One whose minute or hour is open follows elapsed time: it runs in both passes of a
/// repeated hour, and a skipped hour does not exist. An interval knows no clock: its slots are multiples since 1970 in UTC.
/// </remarks>
public sealed partial class CronExpression
{
    /// <summary>The longest text there is sense in.</summary>
    public const int LengthMax = 200;

    private const int DaysPerProbe = 7;

    // 29 February on a given weekday comes again after 40 years at most (over a century without a leap day).
    private const int YearsMax = 41;

    private static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    private readonly string _text;
    private readonly TimeSpan? _interval;
    private readonly CronField _minutes = Every;
    private readonly CronField _hours = Every;
    private readonly CronField _daysOfMonth = Every;
    private readonly CronField _months = Every;
    private readonly CronField _daysOfWeek = Every;

    private static CronField Every => new(ulong.MaxValue, IsOpen: true);

    private CronExpression(string text, TimeSpan interval)
    {
        _text = text;
        _interval = interval;
    }

    private CronExpression(string text, string[] fields)
    {
        _text = text;
        _minutes = CronField.Minute(text, fields[0]);
        _hours = CronField.Hour(text, fields[1]);
        _daysOfMonth = CronField.DayOfMonth(text, fields[2]);
        _months = CronField.Month(text, fields[3]);
        _daysOfWeek = CronField.DayOfWeek(text, fields[4]);
        if (!EitherDay && !HasSomeDate())
            throw new CronInvalidException(text, $"day of month '{fields[2]}' never comes in month '{fields[3]}'.");
    }

    /// <summary>Follows elapsed time through changes of the clock, instead of times of day.</summary>
    private bool FollowsElapsedTime => _minutes.IsOpen || _hours.IsOpen;

    /// <summary>Both day fields name days: one of them is enough.</summary>
    private bool EitherDay => !_daysOfMonth.IsOpen && !_daysOfWeek.IsOpen;

    /// <exception cref="CronInvalidException">With the field, its value, and what is allowed there.</exception>
    public static CronExpression Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length is 0 or > LengthMax)
            throw new CronInvalidException(text, $"it has {trimmed.Length} characters; 1 to {LengthMax} are allowed.");
        if (trimmed.StartsWith('@'))
        {
            if (Nicknames.TryGetValue(trimmed, out string? fields))
                return new CronExpression(trimmed, fields.Split(' '));
            return new CronExpression(trimmed, ParseInterval(trimmed));
        }
        string[] parts = trimmed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 5)
            throw new CronInvalidException(
                text, $"it has {parts.Length} fields; five are needed: minute, hour, day of month, month, day of week (no seconds, no year).");
        return new CronExpression(trimmed, parts);
    }

    /// <summary>The first slot after an instant. Null: there is none before the end of the calendar.</summary>
    /// <param name="zone">Whose wall clock the fields mean.</param>
    public DateTimeOffset? NextAfter(DateTimeOffset after, TimeZoneInfo zone)
    {
        if (after.Year > 9_900)
            return null;
        if (_interval is { } interval)
            return DateTimeOffset.UnixEpoch.AddTicks(
                (Math.DivRem((after - DateTimeOffset.UnixEpoch).Ticks, interval.Ticks, out long rest) + (rest < 0 ? 0 : 1)) * interval.Ticks);
        WallClock clock = new(zone);
        return FollowsElapsedTime ? NextElapsed(after, clock) : NextTimeOfDay(after, clock);
    }

    /// <summary>The slots after an instant, one by one.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset after, TimeZoneInfo zone)
    {
        for (DateTimeOffset? next = NextAfter(after, zone); next is { } slot; next = NextAfter(slot, zone))
            yield return slot;
    }

    public override string ToString() => _text;

    /// <summary>The first instant at which the wall clock reaches the first matching time it has not reached yet.</summary>
    private DateTimeOffset? NextTimeOfDay(DateTimeOffset after, WallClock clock) =>
        NextWall(clock.Reached(after).AddMinutes(1)) is { } wall ? clock.FirstAtOrPast(wall) : null;

    /// <summary>The first minute whose wall-clock reading matches, from stretch to stretch of one offset.</summary>
    private DateTimeOffset? NextElapsed(DateTimeOffset after, WallClock clock)
    {
        DateTime from = WallClock.Floor(after).AddMinutes(1);
        while (true)
        {
            TimeSpan offset = clock.OffsetAt(from);
            if (NextWall(from + offset) is not { } wall)
                return null;
            DateTime found = wall - offset;
            DateTime? change = null;
            // Stepwise, so that two changes within one step do not hide each other.
            for (DateTime at = from; at < found && change is null; at = at.AddDays(DaysPerProbe))
                change = clock.ChangeWithin(at, at.AddDays(DaysPerProbe) < found ? at.AddDays(DaysPerProbe) : found);
            if (change is null)
                return new DateTimeOffset(found, TimeSpan.Zero);
            from = change.Value;
        }
    }

    /// <summary>The first matching reading of a wall clock, itself included.</summary>
    private DateTime? NextWall(DateTime from)
    {
        if (Matches(from.Date) && NextTime(from.Hour, from.Minute) is { } today)
            return from.Date + today;
        TimeSpan first = NextTime(0, 0)!.Value;
        int lastYear = Math.Min(from.Year + YearsMax, 9_998);
        DateTime day = from.Date.AddDays(1);
        while (day.Year <= lastYear)
        {
            if (!_months.Has(day.Month))
                day = new DateTime(day.Year, day.Month, 1).AddMonths(1);
            else if (Matches(day))
                return day + first;
            else
                day = day.AddDays(1);
        }
        return null;
    }

    private bool Matches(DateTime day)
    {
        bool ofMonth = _daysOfMonth.Has(day.Day);
        bool ofWeek = _daysOfWeek.Has((int)day.DayOfWeek);
        return _months.Has(day.Month) && (EitherDay ? ofMonth || ofWeek : ofMonth && ofWeek);
    }

    private TimeSpan? NextTime(int hour, int minute)
    {
        if (_hours.Has(hour) && _minutes.AtOrAfter(minute) is >= 0 and < 60 and int now)
            return new TimeSpan(hour, now, 0);
        int next = hour == 23 ? -1 : _hours.AtOrAfter(hour + 1);
        return next < 0 ? null : new TimeSpan(next, _minutes.AtOrAfter(0), 0);
    }

    private bool HasSomeDate()
    {
        int first = _daysOfMonth.AtOrAfter(1);
        // 2028 is a leap year: February has its longest.
        return Enumerable.Range(1, 12).Any(month => _months.Has(month) && first <= DateTime.DaysInMonth(2028, month));
    }

    private static TimeSpan ParseInterval(string text)
    {
        Match match = IntervalText().Match(text);
        if (!match.Success)
            throw new CronInvalidException(
                text, "known are @hourly, @daily, @weekly, @monthly, @yearly and intervals such as @every 15m, @every 1h30m, @every 2d.");
        double seconds = Part(match, "d") * 86_400 + Part(match, "h") * 3_600 + Part(match, "m") * 60 + Part(match, "s");
        return seconds is >= 1 and <= 366 * 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw new CronInvalidException(text, $"the interval is {seconds:0} s; 1 s to 366 d are allowed.");
    }

    private static double Part(Match match, string unit) =>
        match.Groups[unit].Success ? double.Parse(match.Groups[unit].ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^@every\s+(?=\d)(?:(?<d>\d{1,9})d)?(?:(?<h>\d{1,9})h)?(?:(?<m>\d{1,9})m)?(?:(?<s>\d{1,9})s)?$", RegexOptions.IgnoreCase)]
    private static partial Regex IntervalText();
}
