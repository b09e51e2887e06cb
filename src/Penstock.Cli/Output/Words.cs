using System.Globalization;
using System.Text.Json;
using Penstock.Client;

namespace Penstock.Cli.Output;

/// <summary>Values as people read them.</summary>
internal static class Words
{
    private static readonly JsonSerializerOptions Indented = new(PenstockJson.Options) { WriteIndented = true };

    /// <summary>850 ms, 12.3 s, 3 min 20 s, 2 h 5 min, 3 d 4 h.</summary>
    public static string Of(TimeSpan time) => time.Ticks < 0 ? Of(TimeSpan.Zero) : time.TotalSeconds switch
    {
        < 1 => $"{time.TotalMilliseconds:0} ms",
        < 10 => $"{time.TotalSeconds:0.#} s",
        < 60 => $"{Math.Floor(time.TotalSeconds):0} s",
        < 3600 => $"{time.Minutes} min {time.Seconds} s",
        < 86_400 => $"{time.Hours} h {time.Minutes} min",
        _ => $"{(int)time.TotalDays} d {time.Hours} h",
    };

    /// <summary>For columns: 12s, 3m, 5h, 2d.</summary>
    public static string Age(DateTimeOffset? instant, DateTimeOffset now) => instant is not { } at ? "" : (now - at).TotalSeconds switch
    {
        < 0 => "in " + Age(now, at),
        < 60 and double seconds => $"{seconds:0}s",
        < 3600 and double seconds => $"{seconds / 60:0}m",
        < 86_400 and double seconds => $"{Math.Floor(seconds / 3600):0}h",
        double seconds => $"{Math.Floor(seconds / 86_400):0}d",
    };

    public static string? Instant(DateTimeOffset? instant, DateTimeOffset now) => instant is not { } at
        ? null
        : at > now ? $"{Instant(at)}  (in {Of(at - now)})" : $"{Instant(at)}  ({Of(now - at)} ago)";

    public static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Grouped by thin separators only from five digits on: 1234, 12,345.</summary>
    public static string Count(long number) => Math.Abs(number) < 10_000 ? $"{number}" : number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Binary multiples: 512 B, 1.5 KiB, 20 MiB.</summary>
    public static string Bytes(long bytes)
    {
        if (bytes < 1024)
            return $"{bytes} B";
        string[] units = ["KiB", "MiB", "GiB", "TiB", "PiB"];
        double size = bytes / 1024.0;
        int unit = 0;
        for (; size >= 1024 && unit < units.Length - 1; unit++)
            size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    public static string Plural(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    public static string Json(JsonElement value, bool indented = true) =>
        JsonSerializer.Serialize(value, indented ? Indented : PenstockJson.Options);

    /// <summary>An argument as it is typed in a shell.</summary>
    public static string ShellWord(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@%+,{}".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Spectre style of a job's status.</summary>
    public static string? StatusStyle(string status) => status switch
    {
        "succeeded" => "green",
        "failed" => "red",
        "running" => "cyan",
        "cancelled" => "yellow",
        _ => null,
    };
}
