using Microsoft.AspNetCore.Http;

namespace Penstock.Console.Hosting;

/// <summary>The reader's choice of light or dark, kept in a cookie so that the page comes in the right colours at once.</summary>
internal static class Themes
{
    public const string CookieName = "penstock-theme";
    public const string Light = "light";
    public const string Dark = "dark";

    /// <summary><c>light</c>, <c>dark</c>, or null: as the system says.</summary>
    public static string? Of(HttpRequest request) =>
        request.Cookies[CookieName] is Light or Dark ? request.Cookies[CookieName] : null;
}
