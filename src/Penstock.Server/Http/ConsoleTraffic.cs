using Microsoft.AspNetCore.Http;

namespace Penstock.Server.Http;

/// <summary>What belongs to the web console, whose pages and forms are not the API's.</summary>
internal static class ConsoleTraffic
{
    public const string Root = "/ui";

    public static bool Is(HttpRequest request) => request.Path.StartsWithSegments(Root, StringComparison.Ordinal);
}
