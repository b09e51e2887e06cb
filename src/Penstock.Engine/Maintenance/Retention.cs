using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Maintenance;

/// <summary>Removes finished jobs after their time, in steps that leave the writer free in between.</summary>
public sealed class Retention(IJobStore store, RetentionOptions options, TimeProvider time, ILogger<Retention> logger)
{
    private const int StepJobs = 500;

    /// <summary>After a step, that many times its duration pass before the next: a quarter of the writer's time goes to it at most.</summary>
    private const int Rest = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

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
        Guid? after = null;
        do
        {
            PruneStep step = await RestAsync(() => store.PruneAsync(before, after, StepJobs, cancellationToken), cancellationToken);
            removed += step.Removed;
            after = step.Last;
        }
        while (after is not null);
        while (await RestAsync(() => store.PruneSignalsAsync(before, StepJobs, cancellationToken), cancellationToken) == StepJobs)
        {
            // More of them.
        }
        if (removed > 0)
            logger.Pruned(removed, before);
        return removed;
    }

    private async Task<T> RestAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        T done = await step();
        await Task.Delay(time.GetElapsedTime(began) * Rest, time, cancellationToken);
        return done;
    }
}
