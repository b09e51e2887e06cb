using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Simulation.Faults;

internal sealed partial class FaultInjectingStore
{
    public Task<IReadOnlyList<StoredStep>> StepsAsync(Guid jobId, CancellationToken cancellationToken) =>
        CallAsync("steps", () => inner.StepsAsync(jobId, cancellationToken), s => $"{Short(jobId)} has {string.Join(", ", s.Select(t => t.Name))}");

    public Task StoreStepAsync(JobLease lease, StepDraft step, CancellationToken cancellationToken) =>
        CallAsync("store step", () => inner.StoreStepAsync(lease, step, cancellationToken), $"{Describe(lease)} {step.Name}");

    public Task<StoredStep?> AwaitSignalAsync(
        JobLease lease, string step, string signal, TimeSpan? timeout, CancellationToken cancellationToken) =>
        CallAsync(
            "await signal",
            async () =>
            {
                StoredStep? sent = await inner.AwaitSignalAsync(lease, step, signal, timeout, cancellationToken);
                if (sent is null)
                    world.MissedSignal(signal);
                return sent;
            },
            s => $"{Describe(lease)} {signal}: {s?.Outcome.ToText() ?? "not yet"}");

    public Task<StoredStep?> AwaitChildrenAsync(
        JobLease lease, string step, IReadOnlyList<JobDraft> children, CancellationToken cancellationToken) =>
        CallAsync(
            "await children", () => inner.AwaitChildrenAsync(lease, step, children, cancellationToken),
            s => $"{Describe(lease)} {step}: {s?.Outcome.ToText() ?? "not yet"}");

    public Task<bool> SendSignalAsync(SignalDraft signal, CancellationToken cancellationToken) =>
        CallAsync("signal", () => inner.SendSignalAsync(signal, cancellationToken), first => $"{signal.Name} first={first}");

    public Task<Job> UnblockAsync(Guid jobId, string? by, CancellationToken cancellationToken) =>
        CallAsync("unblock", () => inner.UnblockAsync(jobId, by, cancellationToken), _ => Short(jobId));

    public Task<int> PruneSignalsAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        CallAsync("prune signals", () => inner.PruneSignalsAsync(before, limit, cancellationToken));
}
