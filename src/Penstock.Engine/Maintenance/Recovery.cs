using Microsoft.Extensions.Logging;
using Penstock.Engine.Exec;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Maintenance;

/// <summary>Gives the units of dead workers to the living: after the lease, or at once where the process is seen to be gone.</summary>
public sealed class Recovery(
    IJobStore store, IJobReader reader, WorkerLeaseOptions options, IProcessList processes, RunRecords programs, TimeProvider time, ILogger<Recovery> logger)
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
            // Of a worker over HTTP only its heartbeat tells: what it says of its process may be of another machine or container.
            .Where(w => w.Kind == WorkerKinds.Process && w.Host == processes.Host && !processes.IsAlive(w.ProcessId, w.StartedAt))
            .Select(w => w.Id).ToList();
        // First the programs, then the leases: once a job is free, another worker may begin it at once.
        programs.Sweep();
        DateTimeOffset silentSince = time.GetUtcNow() - options.Lease;
        programs.Sweep([.. workers.Where(w => w.HeartbeatAt < silentSince).Select(w => w.Id).Concat(knownDead)]);
        RecoveryReport report = await store.RecoverAsync(options.Lease, options.MaxDeaths, knownDead, cancellationToken);
        programs.Sweep(report.DeadWorkers);
        int freed = report.Requeued + report.Failed + report.Quarantined;
        if (report.DeadWorkers.Count > 0 || freed > 0)
            logger.Recovered(string.Join(", ", report.DeadWorkers), report.Requeued, report.Failed, report.Quarantined);
        EngineMetrics.CountRecovered(freed);
        return report;
    }
}
