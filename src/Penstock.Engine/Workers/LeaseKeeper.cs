using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers;

/// <summary>A worker's sign of life: registers it, beats, and knows when its leases are in doubt.</summary>
internal sealed class LeaseKeeper(
    IJobStore store, WorkerLeaseOptions options, WorkerIdentity identity, IReadOnlyDictionary<string, string> labels, TimeProvider time)
{
    private long _lastBeat;
    private IReadOnlyList<string> _queues = [];
    private int _slots;

    public string WorkerId { get; private set; } = "";

    /// <summary>The store does not know this worker any more.</summary>
    public bool IsForgotten { get; private set; }
    public bool IsDraining { get; set; }

    /// <summary>Somebody asked this worker to drain. It stays asked if the worker has to register anew meanwhile.</summary>
    public bool IsAskedToDrain { get; private set; }

    /// <summary>Since the last heartbeat that went through.</summary>
    public TimeSpan Silence => time.GetElapsedTime(Interlocked.Read(ref _lastBeat));

    /// <summary>After two thirds of the lease without a heartbeat nothing may be assumed; one third is left to stop the work.</summary>
    public bool IsInDoubt => Silence > options.Lease * 2 / 3;

    public async Task RegisterAsync(IReadOnlyList<string> queues, int slots, CancellationToken cancellationToken)
    {
        (_queues, _slots) = (queues, slots);
        WorkerId = identity.NewWorkerId();
        // Taken before the call: what counts is when the store may have written it at the earliest.
        long asked = time.GetTimestamp();
        await store.BeatAsync(Beat(0) with { Registers = true, Labels = labels }, cancellationToken);
        Interlocked.Exchange(ref _lastBeat, asked);
        IsForgotten = false;
    }

    public async Task BeatIfDueAsync(int busy, ILogger logger)
    {
        if (Silence < options.Heartbeat || IsForgotten)
            return;
        long asked = time.GetTimestamp();
        string workerId = WorkerId;
        try
        {
            WorkerStanding standing = await store.BeatAsync(Beat(busy), CancellationToken.None);
            IsAskedToDrain |= standing.Drains;
            if (workerId != WorkerId)
                return; // An answer about who this worker was before it registered anew.
            if (standing.Known)
                Interlocked.Exchange(ref _lastBeat, asked);
            else
                IsForgotten = true;
        }
        catch (Exception error)
        {
            logger.StoreFailed(error, 0); // The next try is a poll interval away; the silence grows meanwhile.
        }
    }

    public Task RetireAsync() => store.RetireWorkerAsync(WorkerId, CancellationToken.None);

    private WorkerBeat Beat(int busy) => new(
        WorkerId, identity.Host, identity.ProcessId, identity.ProcessStartedAt, _queues, _slots, busy, IsDraining);
}
