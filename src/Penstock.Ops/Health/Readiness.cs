using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Penstock.Client.Health;

namespace Penstock.Ops.Health;

/// <summary>Runs every check; one that throws or hangs is not ready, and says so.</summary>
internal sealed class Readiness(
    IEnumerable<IReadinessCheck> checks, IOptions<HealthOptions> options, TimeProvider time, ILogger<Readiness> logger)
{
    public async Task<ReadinessView> CheckAsync(CancellationToken cancellationToken)
    {
        HealthCheckView[] results = await Task.WhenAll(checks.Select(check => RunAsync(check, cancellationToken)));
        return new ReadinessView(Array.TrueForAll(results, r => r.Ready) ? "ready" : "not_ready", results);
    }

    private async Task<HealthCheckView> RunAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.CheckAsync(cancellationToken).WaitAsync(options.Value.CheckTimeout, time, cancellationToken);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            logger.CheckFailed(error, check.Name);
            return new HealthCheckView(check.Name, false, error.Message);
        }
    }
}
