using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Maintenance;

/// <summary>Fails jobs that run too long and are silent. Several reapers at once do no more than one.</summary>
public sealed class Reaper(IJobStore store, ReaperOptions options, TimeProvider time, ILogger<Reaper> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await RunCycleAsync(cancellationToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                logger.ReaperFailed(error);
            }
            await Task.Delay(TimeSpan.FromSeconds(options.IntervalSeconds), time, cancellationToken);
        }
    }

    public async Task<ReapReport> RunCycleAsync(CancellationToken cancellationToken)
    {
        ReapReport report = await store.ReapAsync(
            TimeSpan.FromSeconds(options.MainTimeoutSeconds), TimeSpan.FromSeconds(options.StallSeconds), cancellationToken);
        foreach (Guid live in report.Skipped)
            logger.SkippedLive(live);
        if (report.Reaped.Count > 0)
            logger.Reaped(report.Reaped.Count);
        EngineMetrics.CountReaped(report.Reaped.Count);
        return report;
    }
}
