using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Penstock.Console.Hosting;

/// <summary>The query string of a page. An address can be edited by hand, so what does not parse counts as not given.</summary>
internal static class PageQuery
{
    private const int TextMax = 200;

    public static string? Text(HttpRequest request, string name)
    {
        string value = request.Query[name].ToString().Trim();
        return value.Length == 0 ? null : value[..Math.Min(value.Length, TextMax)];
    }

    public static Guid? Id(HttpRequest request, string name) => Guid.TryParse(request.Query[name], out Guid id) ? id : null;

    public static bool Flag(HttpRequest request, string name) => request.Query[name] == "1";

    public static int Number(HttpRequest request, string name, int otherwise, int min, int max) =>
        int.TryParse(request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? Math.Clamp(value, min, max)
            : otherwise;

    /// <summary>One of the given words, or null.</summary>
    public static string? Word(HttpRequest request, string name, params ReadOnlySpan<string> words)
    {
        string? value = Text(request, name);
        return value is not null && words.Contains(value) ? value : null;
    }
}
