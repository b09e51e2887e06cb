using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Maintenance;

/// <summary>Removes finished jobs after their time, in steps that leave the writer free in between.</summary>
public sealed class Retention(IJobStore store, RetentionOptions options, TimeProvider time, ILogger<Retention> logger)
{
    private const int StepJobs = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan StepPause = TimeSpan.FromMilliseconds(50);

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
                logger.RetentionFailed(error);
            }
            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <returns>Jobs removed.</returns>
    public async Task<int> RunCycleAsync(CancellationToken cancellationToken)
    {
        if (options.FinishedDays == 0)
            return 0;
        DateTimeOffset before = time.GetUtcNow() - TimeSpan.FromDays(options.FinishedDays);
        int removed = 0;
        for (int step = StepJobs; step == StepJobs;)
        {
            step = await store.PruneAsync(before, StepJobs, cancellationToken);
            removed += step;
            if (step == StepJobs)
                await Task.Delay(StepPause, time, cancellationToken);
        }
        while (await store.PruneSignalsAsync(before, StepJobs, cancellationToken) == StepJobs)
            await Task.Delay(StepPause, time, cancellationToken);
        if (removed > 0)
            logger.Pruned(removed, before);
        return removed;
    }
}
