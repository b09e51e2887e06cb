using Microsoft.Extensions.Hosting;
using Penstock.Engine.Exec;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Scheduling;

namespace Penstock.Engine.Workers;

/// <summary>Hosts the worker and the engine's own chores; ends only when the worker has drained.</summary>
internal sealed class WorkerService(
    Worker worker, Reaper reaper, Recovery recovery, Retention retention, Scheduler scheduler, RunRecords programs, WorkerOptions options,
    IHostApplicationLifetime host, TimeProvider time) : BackgroundService
{
    /// <summary>How long released units may take to notice; one that never does is freed by the recovery of the next process.</summary>
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _releaseNow = new();

    /// <summary>Drains. A cancelled token (a second signal, or a host out of patience) releases what runs instead of waiting for it.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Not the given token itself: with it the base class returns at once, and the store ends under the units' last writes.
        using CancellationTokenSource giveUp = new(Timeout.InfiniteTimeSpan, time);
        using CancellationTokenRegistration hurry = cancellationToken.Register(() =>
        {
            giveUp.CancelAfter(ReleaseTime);
            _releaseNow.Cancel();
        });
        await base.StopAsync(giveUp.Token);
    }

    public override void Dispose()
    {
        _releaseNow.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken, _releaseNow.Token);

    /// <summary>The whole work of the host, under the caller's synchronization context: what the test kit runs.</summary>
    internal async Task RunAsync(CancellationToken stoppingToken, CancellationToken releaseNow)
    {
        await Task.Yield();
        // Before the first claim: a job of a killed worker must not begin again while its program still runs.
        programs.Sweep();
        Task chores = Task.WhenAll(
            reaper.RunAsync(stoppingToken), recovery.RunAsync(stoppingToken), retention.RunAsync(stoppingToken),
            scheduler.RunAsync(stoppingToken));
        await worker.RunAsync(stoppingToken, releaseNow);
        // It ended without the host: an operator drained it. Other processes still need this one's chores, unless it is only a worker.
        if (!stoppingToken.IsCancellationRequested && options.EndsHostWhenDrained)
            host.StopApplication();
        try
        {
            await chores;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Chores end by cancellation.
        }
    }
}
