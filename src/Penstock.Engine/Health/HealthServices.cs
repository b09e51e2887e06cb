using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Penstock.Engine.Health;

public static class HealthServices
{
    /// <summary>Adds the engine to the host's health checks: unhealthy when the store does not answer, degraded when jobs wait and no worker is alive.</summary>
    public static IHealthChecksBuilder AddPenstock(this IHealthChecksBuilder builder, string name = "penstock") =>
        builder.AddCheck<PenstockHealthCheck>(name, HealthStatus.Degraded);
}
