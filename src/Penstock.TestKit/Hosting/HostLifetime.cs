using Microsoft.Extensions.Hosting;

namespace Penstock.TestKit.Hosting;

/// <summary>The life of a host under test: it has begun, and ends when the test disposes it.</summary>
internal sealed class HostLifetime : IHostApplicationLifetime
{
    public CancellationToken ApplicationStarted { get; } = new(canceled: true);
    public CancellationToken ApplicationStopping => CancellationToken.None;
    public CancellationToken ApplicationStopped => CancellationToken.None;

    /// <summary>A drained worker may ask for it; the test decides when its host ends.</summary>
    public void StopApplication()
    {
    }
}
