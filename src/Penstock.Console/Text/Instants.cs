using System.Globalization;

namespace Penstock.Console.Text;

/// <summary>Instants for people: how long ago, with the exact UTC time beside it. <c>ago.js</c> says the same words.</summary>
internal static class Instants
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(5);

    /// <summary>Such as <c>just now</c>, <c>4 min ago</c>, <c>in 30 s</c>.</summary>
    public static string Relative(DateTimeOffset instant, DateTimeOffset now)
    {
        TimeSpan age = now - instant;
        if (age.Duration() < Now)
            return "just now";
        return age < TimeSpan.Zero ? $"in {Durations.SayShort(-age)}" : $"{Durations.SayShort(age)} ago";
    }

    /// <summary><c>2026-02-03 14:05:06 UTC</c>.</summary>
    public static string Exact(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary><c>14:05:06</c>, in UTC, for a timeline whose days are headings.</summary>
    public static string Clock(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
