using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Maintenance;

/// <summary>Gives the units of dead workers to the living: after the lease, or at once where the process is seen to be gone.</summary>
public sealed class Recovery(
    IJobStore store, IJobReader reader, WorkerLeaseOptions options, IProcessList processes, TimeProvider time, ILogger<Recovery> logger)
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
                logger.RecoveryFailed(error);
            }
            await Task.Delay(options.Heartbeat / 2, time, cancellationToken);
        }
    }

    public async Task<RecoveryReport> RunCycleAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WorkerState> workers = await reader.WorkersAsync(cancellationToken);
        List<string> knownDead = workers
            .Where(w => w.Host == processes.Host && !processes.IsAlive(w.ProcessId, w.StartedAt))
            .Select(w => w.Id).ToList();
        RecoveryReport report = await store.RecoverAsync(options.Lease, options.MaxDeaths, knownDead, cancellationToken);
        int freed = report.Requeued + report.Failed + report.Quarantined;
        if (report.DeadWorkers.Count > 0 || freed > 0)
            logger.Recovered(string.Join(", ", report.DeadWorkers), report.Requeued, report.Failed, report.Quarantined);
        EngineMetrics.CountRecovered(freed);
        return report;
    }
}
