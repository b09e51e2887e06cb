using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Ops.Security;

namespace Penstock.Ops.Metrics;

internal static class MetricEndpoints
{
    public static void AddMetricsExport(this IServiceCollection services)
    {
        services.AddSingleton<IMetricSource, EngineMetrics>();
        services.AddSingleton<IMetricSource, ProcessMetrics>();
        services.AddSingleton<MeterReadings>();
        services.AddSingleton<IMetricSource>(provider => provider.GetRequiredService<MeterReadings>());
        services.AddHostedService(provider => provider.GetRequiredService<MeterReadings>());
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", ReadAsync).WithTags("Health").RequireAuthorization(Policies.Viewer)
            .Produces<string>(StatusCodes.Status200OK, "text/plain");

    /// <summary>All metrics in the Prometheus text format.</summary>
    internal static async Task<ContentHttpResult> ReadAsync(IEnumerable<IMetricSource> sources, CancellationToken cancellationToken)
    {
        PrometheusText text = new();
        foreach (IMetricSource source in sources)
            await source.WriteAsync(text, cancellationToken);
        return TypedResults.Text(text.ToString(), PrometheusText.ContentType);
    }
}
