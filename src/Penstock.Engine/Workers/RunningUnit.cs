using Microsoft.Extensions.Logging;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers;

/// <summary>One claimed unit in this process: waiting for a slot, or running.</summary>
internal sealed class RunningUnit : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private ITimer? _timer;
    private int _reason;

    public RunningUnit(UnitLease lease, TimeProvider time, ILogger logger)
    {
        Lease = lease;
        ClaimedAt = time.GetTimestamp();
        _time = time;
        _logger = logger;
        // Taken here: the source's own is gone once the unit is disposed, and its operation may still ask.
        Token = _stop.Token;
    }

    public UnitLease Lease { get; }
    public UnitKey Key => UnitKey.Of(Lease);
    public long ClaimedAt { get; }
    public CancellationToken Token { get; }
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>The lease is in doubt or gone to another: no time to tidy up.</summary>
    public bool StopsAtOnce { get; private set; }

    /// <summary>Longest run of this attempt; null: no limit.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>The operation begins now: from here its timeout counts, not from the claim, which may lie before a wait for a slot.</summary>
    public void Begin(TimeSpan? timeout)
    {
        Timeout = timeout;
        if (timeout is { } limit)
            _timer = _time.CreateTimer(
                static unit => ((RunningUnit)unit!).Stop(StopReason.Timeout), this, limit, System.Threading.Timeout.InfiniteTimeSpan);
    }

    /// <summary>Asks the operation to stop; the first reason stands.</summary>
    /// <remarks>Throws nothing: a callback of the operation that fails must not keep the others running, nor end the process.</remarks>
    /// <param name="atOnce">Its operation gets no grace; also when it was asked to stop before.</param>
    public void Stop(StopReason reason, bool atOnce = false)
    {
        StopsAtOnce |= atOnce;
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0)
            return;
        try
        {
            _stop.Cancel();
        }
        catch (AggregateException error)
        {
            _logger.StopFailed(error, Lease.Unit);
        }
        catch (ObjectDisposedException)
        {
            // It ended this instant.
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Dispose();
    }
}

internal enum StopReason
{
    None,

    /// <summary>Cancelled, reaped, or taken by another: nothing may be written any more.</summary>
    LeaseLost,

    /// <summary>It ran longer than its timeout.</summary>
    Timeout,

    /// <summary>The worker shuts down: back to the queue.</summary>
    Release,
}
