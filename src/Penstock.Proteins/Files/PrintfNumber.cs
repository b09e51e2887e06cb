using System.Globalization;

namespace Penstock.Proteins.Files;

/// <summary>Numbers as C's printf writes them, to the last digit, in every culture.</summary>
/// <remarks>
/// .NET rounds an exact half away from zero (<c>0.03125</c> to four places gives 0.0313), C and Python to the even digit
/// (0.0312). Files that are compared with those of other programs need the latter.
/// </remarks>
public static class PrintfNumber
{
    // A half of a double shows within 17 further digits; 30 are beyond doubt.
    private const int Beyond = 30;

    /// <summary>As <c>%.{digits}g</c>: significant digits, no trailing zeros, an exponent where it is shorter.</summary>
    public static string General(double value, int digits)
    {
        if (!double.IsFinite(value) || value == 0)
            return Special(value);
        (string sign, string all, int exponent) = Digits(value, digits);
        (string kept, bool carried) = Round(all, digits);
        exponent += carried ? 1 : 0;
        string trimmed = kept.TrimEnd('0');
        if (exponent < -4 || exponent >= digits)
        {
            string fraction = trimmed.Length > 1 ? "." + trimmed[1..] : "";
            return $"{sign}{trimmed[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0)
            return $"{sign}0.{new string('0', -exponent - 1)}{trimmed}";
        string padded = trimmed.PadRight(exponent + 1, '0');
        return padded.Length == exponent + 1 ? sign + padded : $"{sign}{padded[..(exponent + 1)]}.{padded[(exponent + 1)..]}";
    }

    /// <summary>As <c>%.{decimals}f</c>.</summary>
    public static string Fixed(double value, int decimals)
    {
        if (!double.IsFinite(value))
            return Special(value);
        string text = Math.Abs(value).ToString("F" + (decimals + Beyond), CultureInfo.InvariantCulture);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        (string kept, bool carried) = Round(text.Remove(point, 1), point + decimals);
        string whole = carried ? kept + "0" : kept;
        point += carried ? 1 : 0;
        string sign = double.IsNegative(value) ? "-" : "";
        return decimals == 0 ? sign + whole[..point] : $"{sign}{whole[..point]}.{whole[point..(point + decimals)]}";
    }

    /// <summary>As Python's <c>round(value, decimals)</c>: the double nearest to the correctly rounded decimal.</summary>
    public static double Round(double value, int decimals)
    {
        double scaled = value * Math.Pow(10, decimals);
        double floor = Math.Floor(scaled);
        // Far from a half the product's own rounding cannot matter, and the quotient of two whole numbers is exact to the
        // last bit. Near one the digits decide.
        if (decimals <= 15 && Math.Abs(scaled) < 1e9 && Math.Abs(scaled - floor - 0.5) > 1e-4)
            return (scaled - floor > 0.5 ? floor + 1 : floor) / Math.Pow(10, decimals);
        return double.IsFinite(value) ? double.Parse(Fixed(value, decimals), CultureInfo.InvariantCulture) : value;
    }

    private static (string Sign, string Digits, int Exponent) Digits(double value, int digits)
    {
        string text = Math.Abs(value).ToString("E" + (digits + Beyond), CultureInfo.InvariantCulture);
        int exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        string sign = value < 0 ? "-" : "";
        return (sign, text[0] + text[2..exponentAt], int.Parse(text.AsSpan(exponentAt + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>The first <paramref name="count"/> digits, rounded half to even; a carry out of the first digit gives 10...</summary>
    private static (string Digits, bool Carried) Round(string digits, int count)
    {
        char[] kept = digits[..count].ToCharArray();
        ReadOnlySpan<char> rest = digits.AsSpan(count);
        bool isHalf = rest[0] == '5' && !rest[1..].ContainsAnyExcept('0');
        bool lastIsOdd = count > 0 && (kept[^1] - '0') % 2 == 1;
        if (rest[0] < '5' || (isHalf && !lastIsOdd))
            return (new string(kept), false);
        int at = count - 1;
        while (at >= 0 && kept[at] == '9')
            kept[at--] = '0';
        if (at >= 0)
        {
            kept[at]++;
            return (new string(kept), false);
        }
        return ("1" + new string(kept)[..Math.Max(0, count - 1)], true);
    }

    private static string Special(double value) =>
        double.IsNaN(value) ? "nan" : value == 0 ? double.IsNegative(value) ? "-0" : "0" : value > 0 ? "inf" : "-inf";
}
