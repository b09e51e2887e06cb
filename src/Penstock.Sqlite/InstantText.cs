using System.Globalization;
using System.Text;

namespace Penstock.Sqlite;

/// <summary>Instants as SQLite keeps them: <c>2026-11-22T00:31:00.123456Z</c>, so that the order of texts is the order of times.</summary>
/// <remarks>Written three times a job; the framework's custom formats take ten times as long.</remarks>
internal static class InstantText
{
    public const int Length = 27;

    public static void Write(DateTimeOffset instant, Span<byte> text)
    {
        DateTime utc = instant.UtcDateTime;
        Digits(text, 0, 4, utc.Year);
        text[4] = (byte)'-';
        Digits(text, 5, 2, utc.Month);
        text[7] = (byte)'-';
        Digits(text, 8, 2, utc.Day);
        text[10] = (byte)'T';
        Digits(text, 11, 2, utc.Hour);
        text[13] = (byte)':';
        Digits(text, 14, 2, utc.Minute);
        text[16] = (byte)':';
        Digits(text, 17, 2, utc.Second);
        text[19] = (byte)'.';
        Digits(text, 20, 6, (int)(utc.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        text[26] = (byte)'Z';
    }

    /// <summary>Also reads what people wrote by hand, such as <c>2026-11-22 00:31:00</c>; without a zone it is UTC.</summary>
    public static DateTimeOffset Read(ReadOnlySpan<byte> text) =>
        DateTimeOffset.Parse(
            Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static void Digits(Span<byte> text, int start, int count, int value)
    {
        for (int i = start + count - 1; i >= start; i--)
        {
            text[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }
}
