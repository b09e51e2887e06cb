using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Server.Http;

namespace Penstock.Server.Startup;

/// <summary>The bare address: people land in the console, programs get the addresses to go on from.</summary>
internal static class RootEndpoint
{
    public static void MapRoot(this IEndpointRouteBuilder routes, bool console) =>
        routes.MapGet("/", (HttpRequest request) => Answer(request, console)).AllowAnonymous().ExcludeFromDescription();

    private static IResult Answer(HttpRequest request, bool console)
    {
        bool person = request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (person)
            return TypedResults.Redirect(console ? ConsoleTraffic.Root : "/docs");
        return TypedResults.Ok(new ApiIndex("Penstock", typeof(PenstockHost).Assembly.GetName().Version?.ToString(3) ?? "", "/openapi/v1.json", "/docs", "/health"));
    }

    private sealed record ApiIndex(string Product, string Version, string OpenApi, string Docs, string Health);
}
