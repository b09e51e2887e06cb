using System.Globalization;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Turns texts into the typed value of a setting, or says what would have been right.</summary>
internal static class SettingValue
{
    /// <param name="texts">One text for a scalar; any number for a list.</param>
    /// <returns>The value, or null and a sentence about <paramref name="texts"/>.</returns>
    public static (object? Value, string? Problem) Parse(SettingDefinition setting, IReadOnlyList<string> texts)
    {
        if (setting.IsList)
        {
            string? wrong = texts.Select(text => TextProblem(setting, text)).FirstOrDefault(problem => problem is not null);
            return wrong is null ? (texts, null) : (null, wrong);
        }
        if (texts.Count != 1)
            return (null, $"{setting.Key} is a list; one value is needed.");

        string text = texts[0];
        if (setting.Type == typeof(string))
            return TextProblem(setting, text) is { } problem ? (null, problem) : (text, null);
        if (setting.Type == typeof(bool))
            return bool.TryParse(text, out bool flag) ? (flag, null) : (null, $"{setting.Key} is '{text}'; true or false is needed.");
        return ParseNumber(setting, text);
    }

    private static (object? Value, string? Problem) ParseNumber(SettingDefinition setting, string text)
    {
        bool whole = setting.Type == typeof(int) || setting.Type == typeof(long);
        NumberStyles styles = whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (!double.TryParse(text, styles, CultureInfo.InvariantCulture, out double number)
            || double.IsNaN(number) || number < setting.Limits.Min || number > setting.Limits.Max)
        {
            string kind = whole ? "a whole number" : "a number";
            string unit = setting.Unit switch { "s" => " of seconds", "d" => " of days", "bytes" => " of bytes", _ => "" };
            return (null, $"{setting.Key} is '{text}'; {kind}{unit} from {Plain(setting.Limits.Min)} to {Plain(setting.Limits.Max)} is needed.");
        }
        if (setting.Type == typeof(TimeSpan))
            return (setting.Unit == "d" ? TimeSpan.FromDays(number) : TimeSpan.FromSeconds(number), null);
        if (setting.Type == typeof(int))
            return ((int)number, null);
        return setting.Type == typeof(long) ? ((long)number, null) : (number, null);
    }

    private static string? TextProblem(SettingDefinition setting, string text)
    {
        if (text.Length == 0)
            return $"{setting.Key} holds an empty text.";
        if (setting.Limits.OneOf.Length > 0 && !setting.Limits.OneOf.Contains(text, StringComparer.Ordinal))
            return $"{setting.Key} is '{text}'; one of {string.Join(", ", setting.Limits.OneOf)} is needed.";
        if (setting.Limits.IsUrl && !IsHttpAddress(text))
            return $"{setting.Key} is '{text}'; an address such as http://127.0.0.1:8080 is needed.";
        if (setting.Limits.Schemes is [string usual, ..] schemes
            && !(Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && schemes.Contains(address.Scheme) && address.Host.Length > 0))
            return $"{setting.Key} is no address such as {usual}://user:password@host/name.";
        return null;
    }

    // Not Uri alone: http://*:8080 and http://+:8080 are addresses to listen on, too.
    private static bool IsHttpAddress(string text) =>
        Uri.TryCreate(text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal),
            UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) && uri.Host.Length > 0;

    private static string Plain(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
