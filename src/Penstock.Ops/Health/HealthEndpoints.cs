using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Health;

namespace Penstock.Ops.Health;

internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder health = routes.MapGroup("/health").WithTags("Health").AllowAnonymous();
        health.MapGet("", Health);
        health.MapGet("/ready", ReadyAsync).Produces<ReadinessView>().Produces<ReadinessView>(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Answers as long as the process lives.</summary>
    internal static Ok<HealthView> Health() => TypedResults.Ok(new HealthView("ok"));

    /// <summary>Whether the system can take and run jobs; 503 with the checks that failed where it cannot.</summary>
    internal static async Task<JsonHttpResult<ReadinessView>> ReadyAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        ReadinessView view = await readiness.CheckAsync(cancellationToken);
        int status = view.Status == "ready" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return TypedResults.Json(view, statusCode: status);
    }
}
