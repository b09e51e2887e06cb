using System.Net;
using System.Net.Sockets;

namespace Penstock.Testing.Servers;

/// <summary>A wire between a client and a real server on loopback, which a test can cut, stop or damage.</summary>
public sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private int _cuts;

    public TcpRelay(Uri server)
    {
        _server = server;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Changes bytes on their way from the server; returns nothing, works in place.</summary>
    public Action<Memory<byte>>? OnAnswer { get; set; }

    /// <summary>A connection that carried so many bytes from the server is cut; null: none.</summary>
    public long? CutAfterReceived { get; set; }

    /// <summary>A connection that carried so many bytes to the server is cut; null: none.</summary>
    public long? CutAfterSent { get; set; }

    /// <summary>At most so many connections are cut.</summary>
    public int CutsMax { get; set; } = int.MaxValue;

    public int Cuts => _cuts;

    /// <summary>Bytes from the server stop, and connections stay open.</summary>
    public bool Stalls { get; set; }

    /// <summary>Nothing goes in either direction, and connections stay open; what was sent meanwhile arrives afterwards.</summary>
    public bool IsCutOff { get; set; }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken stop = _stop.Token;
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(stop), stop);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient client, CancellationToken stop)
    {
        using TcpClient server = new();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Parse(_server.Host), _server.Port, stop);
                await Task.WhenAny(
                    PumpAsync(client.GetStream(), server.GetStream(), answers: false, stop),
                    PumpAsync(server.GetStream(), client.GetStream(), answers: true, stop));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or IOException)
            {
                // One side is gone: so is the other, by leaving here.
            }
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool answers, CancellationToken stop)
    {
        byte[] buffer = new byte[64 << 10];
        long carried = 0;
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, stop)) > 0;)
            {
                while (IsCutOff || (answers && Stalls))
                    await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop);
                if (answers)
                    OnAnswer?.Invoke(buffer.AsMemory(0, read));
                carried += read;
                if (carried > (answers ? CutAfterReceived : CutAfterSent) && Interlocked.Increment(ref _cuts) <= CutsMax)
                    return;
                await to.WriteAsync(buffer.AsMemory(0, read), stop);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // As above.
        }
    }
}
