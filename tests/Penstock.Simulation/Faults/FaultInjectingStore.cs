using System.Data.Common;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Faults;

/// <summary>The job store as one process sees it over a bad line: slow, failing before the commit, failing after it.</summary>
internal sealed partial class FaultInjectingStore(IJobStore inner, SimulatedProcess process, World world) : IJobStore
{
    /// <summary>A result with this text is one the store cannot take, whoever asks and how often.</summary>
    public const string Unstorable = "(more than the store can hold)";

    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(IReadOnlyList<JobDraft> jobs, CancellationToken cancellationToken) =>
        CallAsync("enqueue", () => inner.EnqueueAsync(jobs, cancellationToken));

    public Task<IReadOnlyList<EnqueueResult>> EnqueueAsync(
        IReadOnlyList<JobDraft> jobs, DbTransaction transaction, CancellationToken cancellationToken) =>
        inner.EnqueueAsync(jobs, transaction, cancellationToken);

    public Task<Exchange> ExchangeAsync(
        IReadOnlyList<Completion> completions, ClaimRequest? claim, CancellationToken cancellationToken) =>
        CallAsync(
            "exchange",
            async () =>
            {
                if (completions.Any(c => c is Completion.JobReturned { Outcome: JobOutcome.Succeeded done } && done.Result.Contains(Unstorable, StringComparison.Ordinal)))
                    throw new IOException("string or blob too big");
                IReadOnlyList<Completion> told = world.Mutant?.CommitsEffectsApart == true ? await ApartAsync(completions) : completions;
                return await inner.ExchangeAsync(told, claim, cancellationToken);
            },
            e => Describe(completions, claim, e));

    public Task AppendEventAsync(JobLease lease, JobEventDraft draft, Progress? progress, CancellationToken cancellationToken) =>
        CallAsync("event", () => inner.AppendEventAsync(lease, draft, progress, cancellationToken));

    public Task<CancelResult> CancelAsync(Guid jobId, string? reason, CancellationToken cancellationToken) =>
        CallAsync("cancel", () => inner.CancelAsync(jobId, reason, cancellationToken), _ => Short(jobId));

    public Task DeleteAsync(Guid jobId, CancellationToken cancellationToken) =>
        CallAsync("delete", () => inner.DeleteAsync(jobId, cancellationToken), Short(jobId));

    public Task<(Guid JobId, string QueueName)> RedriveAsync(Guid deadLetterId, string? by, CancellationToken cancellationToken) =>
        CallAsync("redrive", () => inner.RedriveAsync(deadLetterId, by, cancellationToken), r => Short(r.JobId));

    public Task<string> RequeueAsync(Guid jobId, string? by, CancellationToken cancellationToken) =>
        CallAsync("requeue", () => inner.RequeueAsync(jobId, by, cancellationToken), _ => Short(jobId));

    public Task<WorkerStanding> BeatAsync(WorkerBeat beat, CancellationToken cancellationToken) =>
        CallAsync("beat", () => inner.BeatAsync(beat, cancellationToken), standing => $"{beat.WorkerId} {standing}");

    public Task<IReadOnlySet<UnitKey>> HeldAsync(string workerId, CancellationToken cancellationToken) =>
        CallAsync("held", () => inner.HeldAsync(workerId, cancellationToken));

    public Task<UnitLease?> FindLeaseAsync(string workerId, UnitKey unit, CancellationToken cancellationToken) =>
        CallAsync("find lease", () => inner.FindLeaseAsync(workerId, unit, cancellationToken));

    public Task GiveBackAsync(string workerId, IReadOnlyCollection<UnitKey> units, CancellationToken cancellationToken) =>
        CallAsync("give back", () => inner.GiveBackAsync(workerId, units, cancellationToken), string.Join(", ", units));

    public Task RetireWorkerAsync(string workerId, CancellationToken cancellationToken) =>
        CallAsync("retire", () => inner.RetireWorkerAsync(workerId, cancellationToken), workerId);

    public Task<RecoveryReport> RecoverAsync(
        TimeSpan lease, int maxDeaths, IReadOnlyCollection<string> knownDead, CancellationToken cancellationToken) =>
        CallAsync("recover", () => inner.RecoverAsync(lease, maxDeaths, knownDead, cancellationToken), r => string.Join(",", r.DeadWorkers));

    public Task<ReapReport> ReapAsync(TimeSpan timeout, TimeSpan stall, CancellationToken cancellationToken) =>
        CallAsync("reap", () => inner.ReapAsync(timeout, stall, cancellationToken), r => $"{r.Reaped.Count} reaped, {r.Skipped.Count} alive");

    public Task<PruneStep> PruneAsync(DateTimeOffset before, Guid? after, int limit, CancellationToken cancellationToken) =>
        CallAsync("prune", () => inner.PruneAsync(before, after, limit, cancellationToken));

    public Task DeclareQueuesAsync(IReadOnlyCollection<QueueDefinition> queues, CancellationToken cancellationToken) =>
        CallAsync("declare", () => inner.DeclareQueuesAsync(queues, cancellationToken));

    private Task CallAsync(string name, Func<Task> call, string about = "") =>
        CallAsync(
            name,
            async () =>
            {
                await call();
                return true;
            },
            _ => about);

    private async Task<T> CallAsync<T>(string name, Func<Task<T>> call, Func<T, string>? describe = null)
    {
        if (SynchronizationContext.Current != process)
            throw new InvalidOperationException($"A store call of {process.Name} came from outside of it: {name}.");
        try
        {
            await world.Faults.BeforeCallAsync(process);
            T result = await call();
            if (world.Trace.IsOn)
                world.Trace.Write(process.Name, $"{name} {describe?.Invoke(result)}");
            await world.Faults.AfterCallAsync();
            return result;
        }
        catch (Exception error) when (world.Trace.IsOn)
        {
            world.Trace.Write(process.Name, $"{name} failed: {error.Message.Split('\n')[0]}");
            throw;
        }
    }

    /// <summary>A mutant: the effects are committed in a transaction of their own.</summary>
    private async Task<IReadOnlyList<Completion>> ApartAsync(IReadOnlyList<Completion> completions)
    {
        foreach (Completion.ItemReturned item in completions.OfType<Completion.ItemReturned>())
        {
            if (item.Outcome.Effect is { } effect)
                await world.RawDatabase.WriteAsync((session, token) => effect(session.Transaction!, token), CancellationToken.None, forCommands: true);
        }
        return [.. completions.Select(c => c is Completion.ItemReturned item ? item with { Outcome = item.Outcome with { Effect = null } } : c)];
    }

    private static string Describe(IReadOnlyList<Completion> completions, ClaimRequest? claim, Exchange exchange)
    {
        string told = string.Join(", ", completions.Select(c => $"{c.GetType().Name} {Describe(c.Lease)}{(exchange.Refused.Contains(c) ? " refused" : "")}"));
        return $"[{told}]{(claim is null ? "" : $" for {claim.WorkerId} takes [{string.Join(", ", exchange.Leases.Select(Describe))}]")}"
            + (exchange.WorkerUnknown ? " worker unknown" : "");
    }

    private static string Describe(UnitLease lease) => lease is ItemLease item
        ? $"item {Short(item.ParentJobId)}/{item.Stage}/{item.ItemIndex} f{item.Fence}"
        : $"job {Short(((JobLease)lease).JobId)} f{lease.Fence}";

    private static string Short(Guid id) => id.ToString("N")[^6..];
}
