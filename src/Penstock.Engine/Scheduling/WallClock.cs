namespace Penstock.Engine.Scheduling;

/// <summary>What a clock on the wall of a time zone shows, to the minute; knows the zone only by its offsets from UTC.</summary>
/// <remarks>
/// Two changes of one zone lie further apart than the windows searched here (days; the closest known, around Ramadan in
/// Morocco, are a month apart). UTC times are of kind UTC, readings of the wall of kind unspecified.
/// </remarks>
internal sealed class WallClock(TimeZoneInfo zone)
{
    // Longer than any change: the largest known is a day, where a zone changed sides of the date line.
    private static readonly TimeSpan ChangeMax = TimeSpan.FromHours(26);

    /// <summary>The whole minute an instant lies in, UTC.</summary>
    public static DateTime Floor(DateTimeOffset instant)
    {
        DateTime utc = instant.UtcDateTime;
        return utc.AddTicks(-(utc.Ticks % TimeSpan.TicksPerMinute));
    }

    public TimeSpan OffsetAt(DateTime utc) => zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    /// <summary>The latest reading the clock has shown so far: in the second pass of a repeated hour, the end of the first.</summary>
    public DateTime Reached(DateTimeOffset instant)
    {
        DateTime now = Floor(instant);
        DateTime reading = Reading(now);
        if (ChangeWithin(now - ChangeMax, now) is not { } change)
            return reading;
        DateTime before = Reading(change.AddMinutes(-1));
        return before > reading ? before : reading;
    }

    /// <summary>The first instant at which the clock shows a reading, or a later one because that one is skipped.</summary>
    public DateTimeOffset FirstAtOrPast(DateTime reading)
    {
        DateTime asUtc = DateTime.SpecifyKind(reading, DateTimeKind.Utc);
        (DateTime early, DateTime late) = (asUtc - ChangeMax, asUtc + ChangeMax);
        DateTime first = asUtc - OffsetAt(early);
        if (ChangeWithin(early, late) is { } change && first >= change)
        {
            DateTime after = asUtc - OffsetAt(change);
            first = after > change ? after : change;
        }
        return new DateTimeOffset(first, TimeSpan.Zero);
    }

    /// <summary>The first minute with another offset than at <paramref name="from"/>, if the two ends differ.</summary>
    public DateTime? ChangeWithin(DateTime from, DateTime to)
    {
        TimeSpan before = OffsetAt(from);
        if (OffsetAt(to) == before)
            return null;
        (DateTime low, DateTime high) = (from, to);
        while (high - low > TimeSpan.FromMinutes(1))
        {
            DateTime middle = low.AddMinutes(Math.Floor((high - low).TotalMinutes / 2));
            if (OffsetAt(middle) == before)
                low = middle;
            else
                high = middle;
        }
        return high;
    }

    private DateTime Reading(DateTime utc) => DateTime.SpecifyKind(utc + OffsetAt(utc), DateTimeKind.Unspecified);
}
