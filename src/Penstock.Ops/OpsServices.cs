using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Ops.DeadLetters;
using Penstock.Ops.Health;
using Penstock.Ops.Metrics;
using Penstock.Ops.Security;
using Penstock.Sql;

namespace Penstock.Ops;

/// <summary>Puts the operations plane beside an engine: accounts and tokens, health, metrics, the audit log.</summary>
public static class OpsServices
{
    private const int MigrationOrder = 10;

    public static IServiceCollection AddOps(
        this IServiceCollection services, Action<SecurityOptions> security, Action<HealthOptions> health)
    {
        services.AddSingleton(new MigrationSource("ops", MigrationOrder, typeof(OpsServices).Assembly));
        services.AddSecurity();
        services.Configure(security);
        services.AddOptions<HealthOptions>().Configure(health).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IReadinessCheck, DatabaseCheck>();
        services.AddSingleton<IReadinessCheck, WorkersCheck>();
        services.AddSingleton<IReadinessCheck, DiskCheck>();
        services.AddSingleton<Readiness>();
        services.AddMetricsExport();
        return services;
    }

    /// <summary>The operations that the plane itself runs as jobs.</summary>
    public static PenstockBuilder AddOpsOperations(this PenstockBuilder builder) => builder
        .AddOperation<SettleDeadLetters>(
            SettleDeadLetters.OperationName, SettleDeadLetters.QueueName, "Sends many dead letters again, or archives them.");

    /// <summary>Authentication, the same-origin rule, authorization: after routing, before the endpoints.</summary>
    public static void UseOps(this IApplicationBuilder app) => app.UseSecurity();

    public static void MapOps(this IEndpointRouteBuilder routes)
    {
        routes.MapHealth();
        routes.MapMetrics();
        routes.MapAuth();
        routes.MapUsers();
        routes.MapTokens();
        routes.MapAudit();
        routes.MapDeadLetters();
    }

    /// <summary>After the migrations, before the first request.</summary>
    public static Task EnsureFirstAdminAsync(this IServiceProvider services, CancellationToken cancellationToken) =>
        services.GetRequiredService<FirstAdmin>().EnsureAsync(cancellationToken);
}
