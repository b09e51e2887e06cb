using Microsoft.Extensions.Diagnostics.HealthChecks;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Health;

/// <summary>For hosts with health checks of their own: does the store answer, and does somebody take the jobs?</summary>
internal sealed class PenstockHealthCheck(IJobReader reader) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<QueueState> queues = await reader.QueuesAsync(cancellationToken);
        IReadOnlyList<WorkerState> workers = await reader.WorkersAsync(cancellationToken);
        int alive = workers.Count(w => w.State == "running");
        long ready = queues.Where(q => !q.Paused).Sum(q => q.Ready);
        Dictionary<string, object> data = new()
        {
            ["workers"] = alive,
            ["ready"] = ready,
            ["running"] = queues.Sum(q => q.Running),
            ["deferred"] = queues.Sum(q => q.Deferred),
        };
        return alive == 0 && ready > 0
            ? new HealthCheckResult(context.Registration.FailureStatus, $"{ready} jobs wait and no worker is alive. Start one.", data: data)
            : HealthCheckResult.Healthy($"{alive} workers, {ready} jobs ready.", data);
    }
}
