using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Client;
using Penstock.Console;
using Penstock.Engine.Protection;
using Penstock.Ops;
using Penstock.Proteins;
using Penstock.Server.Artifacts;
using Penstock.Server.Events;
using Penstock.Server.Http;
using Penstock.Server.Jobs;
using Penstock.Server.Logging;
using Penstock.Server.OpenApi;
using Penstock.Server.Queues;
using Penstock.Server.Resources;
using Penstock.Server.Schedules;
using Penstock.Server.Startup;
using Penstock.Server.Workers;
using Penstock.Server.Workspaces;

namespace Penstock.Server;

/// <summary>Composes one process: engine, store, pipelines, operations plane, HTTP API, console.</summary>
public static class PenstockHost
{
    /// <summary>Everything registered and mapped, nothing started: the caller runs the application and disposes it.</summary>
    /// <remarks>Starting migrates the database and makes the first user, then takes jobs (if told to), then listens.</remarks>
    public static WebApplication Build(Workspace workspace, HostOptions options)
    {
        // Empty: no setting comes from a file or variable that penstock.yaml does not know.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "penstock",
            ContentRootPath = workspace.Root,
            EnvironmentName = Environments.Production,
        });
        long bodyBytesMax = options.Configuration.Settings.Server.MaxBodyBytes;
        builder.WebHost
            .UseKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = bodyBytesMax;
            })
            .UseUrls([.. options.Urls ?? options.Configuration.Settings.Server.Urls]);
        builder.Host.UseDefaultServiceProvider(provider => (provider.ValidateScopes, provider.ValidateOnBuild) = (true, true));
        builder.Logging.AddWorkspaceLogging(workspace, options);
        AddServices(builder.Services, workspace, options, bodyBytesMax);
        options.Configure?.Invoke(builder);

        WebApplication app = builder.Build();
        UseMiddleware(app);
        MapEndpoints(app, options);
        return app;
    }

    private static void AddServices(IServiceCollection services, Workspace workspace, HostOptions options, long bodyBytesMax)
    {
        services.AddSingleton(workspace);
        services.AddSingleton(options);
        services.AddSingleton(options.Configuration);
        services.AddEngine(workspace, options);
        services.AddHostedService<WorkspaceStartup>();
        services.AddOps(
            security =>
            {
                security.WorkspaceToken = LocalToken.Ensure(workspace);
                security.KeysFolder = workspace.KeysFolder;
                security.FirstPasswordFile = workspace.FirstPasswordFile;
            },
            health => health.DataFolder = workspace.DataFolder);
        services.AddSingleton<LiveEvents>();
        if (options.Console)
            services.AddPenstockConsole();

        services.AddRouting();
        services.ConfigureHttpJsonOptions(json => PenstockJson.Apply(json.SerializerOptions));
        services.AddOptions<Microsoft.AspNetCore.Http.Json.JsonOptions>()
            .PostConfigure<SecretMask>((json, mask) => WireMasking.Apply(json.SerializerOptions, mask));
        // Binding failures reach the one place that writes problem details, instead of ending as empty 400 answers.
        services.Configure<RouteHandlerOptions>(binding => binding.ThrowOnBadRequest = true);
        services.Configure<FormOptions>(form => form.MultipartBodyLengthLimit = bodyBytesMax);
        // Operations get worker.drain_seconds to finish; the host must not give up before.
        services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host =>
            host.ShutdownTimeout = options.Configuration.Settings.Worker.Drain + TimeSpan.FromSeconds(10));
        services.AddApiDescription();
    }

    private static void UseMiddleware(WebApplication app)
    {
        // From a proxy on this machine only: so that cookies are Secure behind its TLS, and logs name the real sender.
        app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto });
        app.UseMiddleware<HeadRequests>();
        app.UseMiddleware<SafeHeaders>();
        app.UseMiddleware<ProblemAnswers>();
        app.UseMiddleware<JsonBodies>();
        app.UseRouting();
        app.UseOps();
    }

    private static void MapEndpoints(WebApplication app, HostOptions options)
    {
        app.MapOps();
        app.MapJobs();
        app.MapFlow();
        app.MapOperations();
        app.MapEvents();
        app.MapQueues();
        app.MapWorkerProtocol();
        app.MapResources();
        app.MapSchedules();
        app.MapArtifacts();
        app.MapConfig();
        if (options.Configuration.Settings.Pipelines.Contains("proteins"))
            app.MapProteins();
        if (options.Console)
            app.MapPenstockConsole();
        app.MapRoot(options.Console);
        app.MapApiDescription();
    }
}
