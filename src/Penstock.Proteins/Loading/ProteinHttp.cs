namespace Penstock.Proteins.Loading;

/// <summary>The connections this pipeline downloads over.</summary>
internal sealed class ProteinHttp : IDisposable
{
    /// <summary>Without a time limit of its own: each use has one that fits it.</summary>
    public HttpClient Client { get; } = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public void Dispose() => Client.Dispose();
}
