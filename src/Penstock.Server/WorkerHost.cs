using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Server.Logging;
using Penstock.Server.Startup;
using Penstock.Server.Workspaces;

namespace Penstock.Server;

/// <summary>Composes a process that only works: the engine on the workspace's database, beside the server or without one.</summary>
public static class WorkerHost
{
    /// <summary>Everything registered, nothing started. Starting brings the schema forward and takes jobs.</summary>
    public static IHost Build(Workspace workspace, HostOptions options)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings
        {
            ApplicationName = "penstock",
            ContentRootPath = workspace.Root,
            EnvironmentName = Environments.Production,
        });
        builder.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true }));
        builder.Logging.AddWorkspaceLogging(workspace, options);
        builder.Services.AddSingleton(workspace);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Configuration);
        builder.Services.AddSingleton<IHostLifetime, SignalsTakenElsewhere>();
        builder.Services.AddHostedService<WorkspaceStartup>();
        builder.Services.AddEngine(workspace, options);
        // Operations get worker.drain_seconds to finish; the host must not give up before.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host =>
            host.ShutdownTimeout = options.Configuration.Settings.Worker.Drain + TimeSpan.FromSeconds(10));
        return builder.Build();
    }

    /// <summary>The program that hosts this answers signals itself, the second differently from the first.</summary>
    private sealed class SignalsTakenElsewhere : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
