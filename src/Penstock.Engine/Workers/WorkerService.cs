using Microsoft.Extensions.Hosting;
using Penstock.Engine.Maintenance;

namespace Penstock.Engine.Workers;

/// <summary>Hosts the worker and the engine's own chores; ends only when the worker has drained.</summary>
internal sealed class WorkerService(Worker worker, Reaper reaper, Recovery recovery, Retention retention) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        Task chores = Task.WhenAll(reaper.RunAsync(stoppingToken), recovery.RunAsync(stoppingToken), retention.RunAsync(stoppingToken));
        await worker.RunAsync(stoppingToken);
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
