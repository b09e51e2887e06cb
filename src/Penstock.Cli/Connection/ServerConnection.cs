using Penstock.Client;

namespace Penstock.Cli.Connection;

/// <summary>A client of a server, and the server itself when it lives in this process.</summary>
internal sealed class ServerConnection(PenstockClient client, HostedServer? hosted) : IAsyncDisposable
{
    public PenstockClient Client { get; } = client;

    /// <summary>The server ends with the command.</summary>
    public bool IsHostedHere => hosted is not null;

    public async ValueTask DisposeAsync()
    {
        Client.Http.Dispose();
        if (hosted is not null)
            await hosted.DisposeAsync();
    }
}
