using Penstock.Client.Health;
using Penstock.Engine.Storage;

namespace Penstock.Ops.Health;

/// <summary>At least one worker is alive and takes jobs.</summary>
internal sealed class WorkersCheck(IJobReader reader) : IReadinessCheck
{
    public string Name => "workers";

    public async Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<WorkerState> workers = await reader.WorkersAsync(cancellationToken);
        int running = workers.Count(worker => worker.State == "running");
        return running > 0
            ? new HealthCheckView(Name, true, $"{running} running.")
            : new HealthCheckView(Name, false, $"No worker is running ({workers.Count} known). Jobs wait until one starts: 'penstock up'.");
    }
}
