using System.Globalization;

namespace Penstock.Console.Text;

/// <summary>Numbers for people: groups of three, and no more digits than mean something.</summary>
internal static class Numbers
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB"];

    /// <summary>Such as <c>1,234,567</c>.</summary>
    public static string Group(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A measure in [0, 1] with four decimals; <c>–</c> where there is none.</summary>
    public static string Measure(double? value) =>
        value is { } number && double.IsFinite(number) ? number.ToString("0.0000", CultureInfo.InvariantCulture) : "–";

    /// <summary>A value of any size with about three significant digits; <c>–</c> where there is none.</summary>
    public static string Short(double? value)
    {
        if (value is not { } number || !double.IsFinite(number))
            return "–";
        return Math.Abs(number) switch
        {
            0 => "0",
            < 0.001 => number.ToString("0.0e0", CultureInfo.InvariantCulture),
            < 10 => number.ToString("0.###", CultureInfo.InvariantCulture),
            < 100 => number.ToString("0.#", CultureInfo.InvariantCulture),
            _ => number.ToString("N0", CultureInfo.InvariantCulture),
        };
    }

    /// <summary>A share such as <c>37 %</c>; below one percent and above zero it says <c>&lt; 1 %</c>.</summary>
    public static string Percent(double share)
    {
        double percent = share * 100;
        return percent is > 0 and < 1 ? "< 1 %" : $"{Math.Floor(percent):0} %";
    }

    /// <summary>A rate such as <c>1,250/s</c>, <c>3.2/s</c> or <c>14/min</c>.</summary>
    public static string Rate(double perSecond) => perSecond switch
    {
        >= 100 => $"{Group((long)perSecond)}/s",
        >= 1 => $"{perSecond.ToString("0.#", CultureInfo.InvariantCulture)}/s",
        >= 1.0 / 60 => $"{(perSecond * 60).ToString("0.#", CultureInfo.InvariantCulture)}/min",
        _ => $"{(perSecond * 3600).ToString("0.#", CultureInfo.InvariantCulture)}/h",
    };

    /// <summary>Decimal units: <c>1.5 MB</c>.</summary>
    public static string Bytes(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1_000 && unit < ByteUnits.Length - 1)
        {
            value /= 1_000;
            unit++;
        }
        return unit == 0 ? $"{bytes} B" : $"{value.ToString("0.#", CultureInfo.InvariantCulture)} {ByteUnits[unit]}";
    }

    /// <summary><c>1 job</c>, <c>2 jobs</c>.</summary>
    public static string Count(long number, string one, string? many = null) =>
        $"{Group(number)} {(number == 1 ? one : many ?? one + "s")}";
}
