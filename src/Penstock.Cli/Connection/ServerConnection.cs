using Penstock.Client;

namespace Penstock.Cli.Connection;

/// <summary>A client of a server, and the server itself when it lives in this process.</summary>
/// <param name="stop">Set when the user interrupted the command.</param>
internal sealed class ServerConnection(PenstockClient client, HostedServer? hosted, CancellationToken stop) : IAsyncDisposable
{
    public PenstockClient Client { get; } = client;

    /// <summary>The server ends with the command.</summary>
    public bool IsHostedHere => hosted is not null;

    public async ValueTask DisposeAsync()
    {
        Client.Http.Dispose();
        if (hosted is null)
            return;
        // Whoever interrupted the command does not want to wait for jobs; they go back to their queues and run again later.
        await hosted.StopAsync(stop);
        await hosted.DisposeAsync();
    }
}
