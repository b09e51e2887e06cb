using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Server.Workspaces;

namespace Penstock.Server;

/// <summary>Composes one process: engine, store, pipelines, operations plane, HTTP API, console.</summary>
public static class PenstockHost
{
    /// <summary>Everything registered and mapped, nothing started: the caller runs the application and disposes it.</summary>
    /// <remarks>Starting migrates the database, then takes jobs (if told to), then listens.</remarks>
    public static WebApplication Build(Workspace workspace, HostOptions options)
    {
        // Empty: no setting comes from a file or variable that penstock.yaml does not know.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "penstock",
            ContentRootPath = workspace.Root,
            EnvironmentName = "Production",
        });
        builder.WebHost.UseKestrel(kestrel => Limit(kestrel.Limits, options)).UseUrls([.. options.Urls ?? options.Configuration.Settings.Server.Urls]);
        AddServices(builder.Services, workspace, options);
        options.Configure?.Invoke(builder);
        WebApplication app = builder.Build();
        return app;
    }

    private static void Limit(KestrelServerLimits limits, HostOptions options)
    {
        limits.MaxRequestBodySize = options.Configuration.Settings.Server.MaxBodyBytes;
    }

    private static void AddServices(IServiceCollection services, Workspace workspace, HostOptions options)
    {
        services.AddRouting();
        services.AddSingleton(workspace);
        services.AddSingleton(options.Configuration);
    }
}
