using Penstock.Client;
using Penstock.Server;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Connection;

/// <summary>Finds the server a command talks to, so that every command has one way: HTTP.</summary>
internal sealed class ServerConnector(CommandRun run)
{
    /// <summary>The server of <c>--url</c>, the workspace's running one, or one inside this process.</summary>
    public async Task<ServerConnection> ConnectAsync(Workers workers, CancellationToken cancellationToken)
    {
        if (ConnectRunning() is { } running)
            return running;

        Workspace workspace = run.Workspace();
        HostOptions options = new()
        {
            Configuration = run.Configuration(workspace),
            Urls = ["http://127.0.0.1:0"],
            RunWorkers = workers == Workers.Run,
            Console = false,
            LogToConsole = false,
            Configure = run.Environment.ConfigureHost,
        };
        HostedServer server = await HostedServer.StartAsync(workspace, options, run.Time, cancellationToken);
        return new ServerConnection(PenstockClient.Connect(new Uri(server.Urls[0]), LocalToken.Ensure(workspace)), server, run.Environment.Stop);
    }

    /// <summary>Null: the workspace has no running server.</summary>
    public ServerConnection? ConnectRunning()
    {
        if (run.RemoteAddress() is { } address)
            return new ServerConnection(PenstockClient.Connect(address, run.RemoteToken()), null, run.Environment.Stop);
        Workspace workspace = run.Workspace();
        return ServerRecord.TryRead(workspace) is { } record
            ? new ServerConnection(PenstockClient.Connect(ReachableAddress(record.Urls), LocalToken.TryRead(workspace)), null, run.Environment.Stop)
            : null;
    }

    /// <summary>The first plain address from this machine: a server that listens everywhere is reached over loopback.</summary>
    public static Uri ReachableAddress(IReadOnlyList<string> urls)
    {
        string url = urls.FirstOrDefault(url => url.StartsWith("http://", StringComparison.Ordinal)) ?? urls[0];
        foreach (string everywhere in (string[])["://*", "://+", "://0.0.0.0", "://[::]"])
            url = url.Replace(everywhere, "://127.0.0.1", StringComparison.Ordinal);
        return new Uri(url);
    }
}
