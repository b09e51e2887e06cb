using Microsoft.Extensions.Logging;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;

namespace Penstock.Engine.Workers.Remote;

/// <summary>What a worker outside this program does to its units: take, keep, tell, end. Remembers nothing between two calls.</summary>
/// <remarks>
/// All truth is in the store: which worker holds which unit under which fence. So any server of the workspace can answer any
/// call, and a restarted one goes on where the last one was. A call about a unit that is gone changes nothing and says so.
/// </remarks>
public sealed class RemoteWorkers(
    IJobStore store, IJobReader reader, IWakeUps wakeUps, OperationRegistry registry, IdGenerator ids, WorkerLeaseOptions leases,
    UnitSeals seals, TimeProvider time, Random random, ILogger<RemoteWorkers> logger)
{
    /// <summary>Looks this often even if nothing wakes it.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private readonly AttemptRules _rules = new(registry, time, random, logger);

    public TimeSpan Lease => leases.Lease;
    public TimeSpan Heartbeat => leases.Heartbeat;

    /// <returns>The id for all further calls; a worker that was taken for dead registers anew and gets another.</returns>
    /// <exception cref="QueueNotExternalException"/>
    public async Task<RegisteredRemoteWorker> RegisterAsync(RemoteWorkerProfile profile, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> queues = QueuesFor(profile.Queues);
        string id = $"{profile.Host}-{profile.ProcessId}-{ids.NewId().ToString("N")[^8..]}";
        await store.BeatAsync(
            new WorkerBeat(id, profile.Host, profile.ProcessId, time.GetUtcNow(), queues, profile.Slots, 0, Draining: false)
            {
                Registers = true, Kind = WorkerKinds.Http, Labels = profile.Labels,
            },
            cancellationToken);
        logger.Started(id, profile.Slots, string.Join(", ", queues));
        return new RegisteredRemoteWorker(id, queues);
    }

    /// <summary>Takes up to <paramref name="limit"/> units; with none ready, waits for one.</summary>
    /// <param name="holding">All units the worker knows it holds. Others it got in an answer that was lost: they go back.</param>
    /// <exception cref="WorkerUnknownException"/>
    public async Task<IReadOnlyList<UnitLease>> ClaimAsync(
        string workerId, int limit, IReadOnlyCollection<UnitKey> holding, TimeSpan wait, CancellationToken cancellationToken)
    {
        WorkerState worker = await RequireAsync(workerId, cancellationToken);
        List<UnitKey> strange = [.. (await store.HeldAsync(workerId, cancellationToken)).Except(holding)];
        if (strange.Count > 0)
            await store.GiveBackAsync(workerId, strange, cancellationToken);
        if (worker.State == "draining")
            return [];
        using RemoteSignal signal = new(wakeUps, worker.Queues);
        long began = time.GetTimestamp();
        while (true)
        {
            long heard = wakeUps.Heard;
            // Not cancelled half-way: a claim whose answer is unknown would keep its units from everybody for a while.
            Exchange exchange = await store.ExchangeAsync([], new ClaimRequest(workerId, worker.Queues, limit), CancellationToken.None);
            if (exchange.WorkerUnknown)
                throw new WorkerUnknownException(workerId);
            wakeUps.Claimed(new ClaimNotice(worker.Queues, heard, IsFull: exchange.Leases.Count >= limit));
            if (exchange.Leases.Count > 0 && cancellationToken.IsCancellationRequested)
            {
                // Nobody is there any more to hear of them.
                await store.GiveBackAsync(workerId, [.. exchange.Leases.Select(UnitKey.Of)], CancellationToken.None);
                return [];
            }
            TimeSpan left = wait - time.GetElapsedTime(began);
            if (exchange.Leases.Count > 0 || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
                return await OpenAsync(exchange.Leases);
            await signal.WaitAsync(left < PollInterval ? left : PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Renews the worker's lease, then waits for the loss of one of its units, which is how it hears of a cancellation.</summary>
    /// <param name="draining">The worker takes no more units.</param>
    public async Task<RemoteStanding> BeatAsync(
        string workerId, IReadOnlyCollection<UnitKey> holding, bool draining, TimeSpan wait, CancellationToken cancellationToken)
    {
        using RemoteSignal signal = new(wakeUps, []);
        long began = time.GetTimestamp();
        WorkerBeat beat = new(workerId, "", 0, default, [], 0, holding.Count, draining);
        WorkerStanding standing = await store.BeatAsync(beat, cancellationToken);
        bool drains = draining || standing.Drains;
        if (!standing.Known)
            return new RemoteStanding(Known: false, [.. holding], drains);
        while (true)
        {
            List<UnitKey> lost = [.. holding.Except(await store.HeldAsync(workerId, cancellationToken))];
            TimeSpan left = wait - time.GetElapsedTime(began);
            if (lost.Count > 0 || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested)
                return new RemoteStanding(Known: true, lost, drains);
            await signal.WaitAsync(left < PollInterval ? left : PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Writes an event of a job and, if given, its progress.</summary>
    /// <exception cref="UnitNotHeldException"/>
    /// <exception cref="LeaseLostException"/>
    /// <exception cref="ItemHasNoHistoryException">The unit is an item.</exception>
    public async Task TellAsync(string workerId, UnitKey unit, JobEventDraft draft, Progress? progress, CancellationToken cancellationToken)
    {
        JobLease job = await JobLeaseOfAsync(workerId, unit, cancellationToken);
        await store.AppendEventAsync(job, draft, progress, cancellationToken);
    }

    /// <summary>The steps that earlier executions of the job, and this one, completed.</summary>
    /// <exception cref="UnitNotHeldException"/>
    public async Task<IReadOnlyList<StoredStep>> StepsAsync(string workerId, UnitKey unit, CancellationToken cancellationToken)
    {
        JobLease job = await JobLeaseOfAsync(workerId, unit, cancellationToken);
        return [.. (await store.StepsAsync(job.JobId, cancellationToken)).Where(step => step.Kind == StepKind.Step)
            .Select(step => step with { Output = seals.Open(job, step.Output) })];
    }

    /// <summary>Stores what a step left. One of this name that is there already stays as it is.</summary>
    /// <exception cref="UnitNotHeldException"/>
    public async Task StoreStepAsync(string workerId, UnitKey unit, StepDraft step, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(step.Name) || step.Name.Length > JobSteps.NameLengthMax || step.Name.Contains('#'))
            throw new InvalidStepException($"A step's name has 1 to {JobSteps.NameLengthMax} characters and no '#'; '{step.Name}' is none.");
        if (step.Output.Length > StepDraft.OutputMax)
            throw new StepOutputTooLargeException(step.Name, step.Output.Length);
        JobLease job = await JobLeaseOfAsync(workerId, unit, cancellationToken);
        await store.StoreStepAsync(job, step with { Output = seals.Seal(job, step.Output) }, cancellationToken);
    }

    /// <summary>Ends a unit. What a failure leads to is decided here, by the operation's retry policy, as for the workers of this program.</summary>
    /// <exception cref="UnitNotHeldException">It ended before, was cancelled, or went to another worker: nothing was written.</exception>
    public async Task FinishAsync(string workerId, UnitKey unit, RemoteEnd end, CancellationToken cancellationToken)
    {
        UnitLease lease = await LeaseOfAsync(workerId, unit, cancellationToken);
        Completion completion = CompletionOf(lease, end);
        Exchange exchange = await store.ExchangeAsync([completion], null, cancellationToken);
        if (exchange.Refused.Count > 0)
            throw new LeaseLostException(lease.Unit, lease.Attempt, workerId, lease.ClaimedAt);
        EngineMetrics.Ran(lease, completion, time.GetUtcNow() - lease.ClaimedAt);
    }

    /// <summary>Takes a worker off the list; what it still holds goes back to its queues.</summary>
    public async Task RetireAsync(string workerId, CancellationToken cancellationToken)
    {
        await RequireAsync(workerId, cancellationToken);
        IReadOnlySet<UnitKey> held = await store.HeldAsync(workerId, cancellationToken);
        if (held.Count > 0)
            await store.GiveBackAsync(workerId, held, cancellationToken);
        await store.RetireWorkerAsync(workerId, cancellationToken);
        logger.Retired(workerId, held.Count);
    }

    private Completion CompletionOf(UnitLease lease, RemoteEnd end) => end switch
    {
        RemoteEnd.Succeeded done when lease is JobLease job =>
            new Completion.JobReturned(job, new JobOutcome.Succeeded(seals.Seal(job, done.Result)), null, []),
        RemoteEnd.Succeeded done when lease is ItemLease item =>
            new Completion.ItemReturned(item, new ItemOutcome(), seals.Seal(item, done.Result)),
        RemoteEnd.Failed failed => _rules.Failed(lease, failed.ErrorCode, failed.ErrorMessage, failed.Retryable),
        RemoteEnd.PutOff later => _rules.PutOff(lease, new RetryLaterException(later.Reason, later.Delay)),
        RemoteEnd.Released => new Completion.Released(lease),
        _ => throw new InvalidOperationException($"No unit ends with {end.GetType().Name}."),
    };

    /// <summary>The payloads in the clear. A unit whose payload does not open ends here, as it would in a worker of this program.</summary>
    private async Task<IReadOnlyList<UnitLease>> OpenAsync(IReadOnlyList<UnitLease> taken)
    {
        List<UnitLease> open = new(taken.Count);
        foreach (UnitLease lease in taken)
        {
            try
            {
                open.Add(lease with { Payload = seals.Payload(lease) });
            }
            catch (PenstockException error)
            {
                Completion.Threw failed = _rules.Failed(lease, error.Code, error.Message, error.MayRetry, error);
                await store.ExchangeAsync([failed], null, CancellationToken.None);
            }
        }
        return open;
    }

    private async Task<JobLease> JobLeaseOfAsync(string workerId, UnitKey unit, CancellationToken cancellationToken) =>
        await LeaseOfAsync(workerId, unit, cancellationToken) as JobLease ?? throw new ItemHasNoHistoryException(unit);

    private async Task<UnitLease> LeaseOfAsync(string workerId, UnitKey unit, CancellationToken cancellationToken) =>
        await store.FindLeaseAsync(workerId, unit, cancellationToken) ?? throw new UnitNotHeldException(workerId, unit);

    private async Task<WorkerState> RequireAsync(string workerId, CancellationToken cancellationToken) =>
        (await reader.WorkersAsync(cancellationToken)).FirstOrDefault(w => w.Id == workerId && w.Kind == WorkerKinds.Http)
        ?? throw new WorkerUnknownException(workerId);

    private List<string> QueuesFor(IReadOnlyList<string> asked)
    {
        IEnumerable<string> names = asked.Count > 0
            ? asked.Select(name => registry.Queue(name).Name).Distinct()
            : registry.Queues.Select(q => q.Name).Where(registry.IsExternalQueue);
        List<string> queues = [.. names];
        foreach (string queue in queues)
        {
            if (!registry.IsExternalQueue(queue))
                throw new QueueNotExternalException(queue);
        }
        return queues.Count > 0 ? queues : throw new QueueNotExternalException(null);
    }
}
