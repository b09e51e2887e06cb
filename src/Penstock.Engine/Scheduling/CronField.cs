using System.Globalization;
using System.Numerics;

namespace Penstock.Engine.Scheduling;

/// <summary>One field of a cron expression: the values it allows, and whether it was left open with a star.</summary>
/// <param name="Values">Bit n stands for the value n.</param>
/// <param name="IsOpen">An entry begins with <c>*</c>, also <c>*/n</c>: for days the field then narrows, for hours and minutes it follows the clock.</param>
internal sealed record CronField(ulong Values, bool IsOpen)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public bool Has(int value) => (Values & (1UL << value)) != 0;

    /// <summary>The first value from <paramref name="from"/> on; -1: there is none.</summary>
    public int AtOrAfter(int from)
    {
        ulong rest = Values >> from;
        return rest == 0 ? -1 : from + BitOperations.TrailingZeroCount(rest);
    }

    public static CronField Minute(string expression, string text) => new Reader(expression, "minute", text, 0, 59, [], 0).Read();

    public static CronField Hour(string expression, string text) => new Reader(expression, "hour", text, 0, 23, [], 0).Read();

    public static CronField DayOfMonth(string expression, string text) => new Reader(expression, "day of month", text, 1, 31, [], 0).Read();

    public static CronField Month(string expression, string text) => new Reader(expression, "month", text, 1, 12, Months, 1).Read();

    /// <summary>0 and 7 are Sunday both; stored as 0.</summary>
    public static CronField DayOfWeek(string expression, string text)
    {
        CronField field = new Reader(expression, "day of week", text, 0, 7, Weekdays, 0).Read();
        ulong seventh = field.Values >> 7 & 1;
        return field with { Values = (field.Values | seventh) & 0x7F };
    }

    /// <param name="firstName">The number of <c>names[0]</c>.</param>
    private sealed class Reader(string expression, string field, string text, int min, int max, string[] names, int firstName)
    {
        public CronField Read()
        {
            ulong values = 0;
            bool open = false;
            foreach (string entry in text.Split(','))
            {
                open |= entry.StartsWith('*');
                values |= ReadEntry(entry);
            }
            return new CronField(values, open);
        }

        private ulong ReadEntry(string entry)
        {
            string[] parts = entry.Split('/');
            if (parts.Length > 2)
                throw Wrong(entry, "has more than one step");
            (int from, int to) = ReadRange(entry, parts[0]);
            int step = 1;
            if (parts.Length == 2)
            {
                if (parts[0] != "*" && !parts[0].Contains('-', StringComparison.Ordinal))
                    throw Wrong(entry, $"has a step without a range; write {parts[0]}-{LastOf(max)}/{parts[1]}");
                step = ReadStep(entry, parts[1], to - from);
            }
            ulong values = 0;
            for (int value = from; value <= to; value += step)
                values |= 1UL << value;
            return values;
        }

        private (int From, int To) ReadRange(string entry, string range)
        {
            if (range == "*")
                return (min, LastOf(max));
            string[] ends = range.Split('-');
            if (ends.Length > 2)
                throw Wrong(entry, "is no range");
            int from = ReadValue(entry, ends[0]);
            if (ends.Length == 1)
                return (from, from);
            int to = ReadValue(entry, ends[1]);
            // fri-sun: the Sunday at the end of a range is day 7.
            if (max == 7 && to == 0 && from > 0)
                to = 7;
            return from <= to ? (from, to) : throw Wrong(entry, "runs backwards; list its two parts with a comma");
        }

        private int ReadValue(string entry, string value)
        {
            int name = Array.FindIndex(names, n => n.Equals(value, StringComparison.OrdinalIgnoreCase));
            if (name >= 0)
                return firstName + name;
            bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            return isNumber && number >= min && number <= max ? number : throw Wrong(entry, "is not allowed");
        }

        private int ReadStep(string entry, string text, int span)
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int step) || step == 0)
                throw Wrong(entry, "has no step of 1 or more");
            // */90 would silently mean "at minute 0": whoever writes it means something else.
            return step <= span ? step : throw Wrong(entry, $"has a step longer than its range of {span}; for such intervals write @every, as in @every 90m");
        }

        // A star over weekdays covers Sunday once.
        private static int LastOf(int max) => max == 7 ? 6 : max;

        private CronInvalidException Wrong(string entry, string what)
        {
            string allowed = $"{min} to {max}" + (names.Length == 0 ? "" : $" or {names[0]} to {names[^1]}");
            return new CronInvalidException(
                expression, $"{field} '{entry}' {what}; allowed: {allowed}, lists with commas, ranges as 1-5, steps as */5.");
        }
    }
}
