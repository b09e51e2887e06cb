using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Faults;

/// <summary>The controls as one process reaches them over a bad line.</summary>
internal sealed class FaultInjectingControls(IControlStore inner, SimulatedProcess process, World world) : IControlStore
{
    public Task DeclareResourcesAsync(IReadOnlyCollection<ResourceDefinition> resources, CancellationToken cancellationToken) =>
        CallAsync("declare resources", async () => { await inner.DeclareResourcesAsync(resources, cancellationToken); return true; });

    public Task<bool> PauseAsync(string queueName, string by, string? reason, CancellationToken cancellationToken) =>
        CallAsync($"pause {queueName}", () => inner.PauseAsync(queueName, by, reason, cancellationToken));

    public Task<bool> ResumeAsync(string queueName, CancellationToken cancellationToken) =>
        CallAsync($"resume {queueName}", () => inner.ResumeAsync(queueName, cancellationToken));

    public Task<QueueStep> PurgeAsync(string queueName, string by, QueueCursor? after, int limit, CancellationToken cancellationToken) =>
        // Steps of two hints: the walk itself is to be seen at work.
        CallAsync($"purge {queueName}", () => inner.PurgeAsync(queueName, by, after, Math.Min(limit, 2), cancellationToken));

    public Task<QueueStep> ReprioritiseAsync(
        string queueName, string? operation, int priority, string by, QueueCursor? after, int limit, CancellationToken cancellationToken) =>
        CallAsync(
            $"reprioritise {queueName} {operation} to {priority}",
            () => inner.ReprioritiseAsync(queueName, operation, priority, by, after, Math.Min(limit, 2), cancellationToken));

    public Task ReprioritiseAsync(Guid jobId, int priority, string by, CancellationToken cancellationToken) =>
        CallAsync($"reprioritise {jobId} to {priority}", async () => { await inner.ReprioritiseAsync(jobId, priority, by, cancellationToken); return true; });

    public Task DrainWorkerAsync(string workerId, string by, CancellationToken cancellationToken) =>
        CallAsync($"drain {workerId}", async () => { await inner.DrainWorkerAsync(workerId, by, cancellationToken); return true; });

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call)
    {
        if (SynchronizationContext.Current != process)
            throw new InvalidOperationException($"A store call of {process.Name} came from outside of it: {name}.");
        await world.Faults.BeforeCallAsync(process);
        T result = await call();
        if (world.Trace.IsOn)
            world.Trace.Write(process.Name, $"{name}: {result}");
        await world.Faults.AfterCallAsync();
        return result;
    }
}
