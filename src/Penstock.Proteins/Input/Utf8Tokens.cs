using System.Globalization;
using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Input;

/// <summary>Cuts a line at white space and reads numbers, both as the evaluator's input files are written.</summary>
internal static class Utf8Tokens
{
    // 15 digits and a division by an exact power of ten: both operands are exact, so the quotient is correctly rounded.
    private const int ExactDigitsMax = 15;

    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> line)
    {
        int start = 0;
        while (start < line.Length && line[start] <= (byte)' ')
            start++;
        int end = line.Length;
        while (end > start && line[end - 1] <= (byte)' ')
            end--;
        return line[start..end];
    }

    /// <summary>Takes the next token off <paramref name="rest"/>; empty when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        int start = 0;
        while (start < rest.Length && rest[start] <= (byte)' ')
            start++;
        int end = start;
        while (end < rest.Length && rest[end] > (byte)' ')
            end++;
        ReadOnlySpan<byte> token = rest[start..end];
        rest = rest[end..];
        return token;
    }

    /// <summary>A decimal number, also <c>1e-3</c>, <c>inf</c> and <c>nan</c>; false for anything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryParseNumber(ReadOnlySpan<byte> token, out double value)
    {
        long digits = 0;
        int fraction = -1;
        int length = token.Length;
        if (length is > 0 and <= ExactDigitsMax + 1)
        {
            int i = 0;
            for (; i < length; i++)
            {
                uint digit = (uint)token[i] - '0';
                if (digit <= 9)
                    digits = (digits * 10) + digit;
                else if (token[i] == (byte)'.' && fraction < 0)
                    fraction = length - i - 1;
                else
                    break;
            }
            bool hasDigit = length > (fraction < 0 ? 0 : 1);
            bool isExact = length <= ExactDigitsMax || fraction >= 0;
            if (i == length && hasDigit && isExact)
            {
                value = fraction > 0 ? digits / PowersOfTen[fraction] : digits;
                return true;
            }
        }
        return TryParseSlowly(token, out value);
    }

    private static bool TryParseSlowly(ReadOnlySpan<byte> token, out double value)
    {
        if (double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return true;
        ReadOnlySpan<byte> word = token.Length > 0 && token[0] is (byte)'+' or (byte)'-' ? token[1..] : token;
        if (System.Text.Ascii.EqualsIgnoreCase(word, "inf"u8))
        {
            value = token[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }
        return false;
    }
}
