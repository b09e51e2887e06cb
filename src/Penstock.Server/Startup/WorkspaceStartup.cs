using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Maintenance;
using Penstock.Ops;
using Penstock.Server.Workspaces;

namespace Penstock.Server.Startup;

/// <summary>Before anything starts, and after the store is ready: a first user, and what this process is, for the log.</summary>
internal sealed class WorkspaceStartup(
    IServiceProvider services, Workspace workspace, HostOptions options,
    ILogger<WorkspaceStartup> logger, ILogger<Reaper> reaperLogger)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.ListensHttp)
            await services.EnsureFirstAdminAsync(cancellationToken);
        foreach (string warning in options.Configuration.Warnings)
            logger.ConfigurationWarning(warning);
        logger.Starting(workspace.Root, options.RunWorkers);
        if (options.RunWorkers)
            reaperLogger.ReaperStarted((long)options.Configuration.Settings.Reaper.MainTimeout.TotalSeconds);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        logger.Stopping();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
