using Microsoft.AspNetCore.Builder;
using Penstock.Server;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Connection;

/// <summary>A server in this process, with the lock of its workspace.</summary>
internal sealed class HostedServer : IAsyncDisposable
{
    /// <summary>A command that holds the workspace for a moment is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly WorkspaceLock _lock;
    private readonly Workspace _workspace;
    private bool _published;
    private bool _stopped;

    private HostedServer(Workspace workspace, WorkspaceLock heldLock, WebApplication app) =>
        (_workspace, _lock, App) = (workspace, heldLock, app);

    public WebApplication App { get; }

    /// <summary>Where it listens, with the real port.</summary>
    public IReadOnlyList<string> Urls => [.. App.Urls];

    /// <summary>Builds and starts; nothing is left behind when that fails.</summary>
    /// <exception cref="WorkspaceInUseException"/>
    public static async Task<HostedServer> StartAsync(
        Workspace workspace, HostOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        WorkspaceLock heldLock = await WorkspaceLock.AcquireAsync(workspace, Patience, time, cancellationToken);
        WebApplication? app = null;
        try
        {
            LocalToken.Ensure(workspace);
            app = PenstockHost.Build(workspace, options);
            await app.StartAsync(cancellationToken);
            return new HostedServer(workspace, heldLock, app);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            heldLock.Dispose();
            throw;
        }
    }

    /// <summary>Lets other commands find this server.</summary>
    public void Publish(DateTimeOffset startedAt)
    {
        new ServerRecord(Environment.ProcessId, Urls, startedAt).Write(_workspace);
        _published = true;
    }

    /// <summary>Stops taking jobs, lets running ones finish, then ends; a cancelled token ends at once and releases them.</summary>
    public async Task StopAsync(CancellationToken now)
    {
        if (_stopped)
            return;
        _stopped = true;
        if (_published)
            ServerRecord.Remove(_workspace);
        await App.StopAsync(now);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        _lock.Dispose();
    }
}
