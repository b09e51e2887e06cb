using Penstock.Engine.Storage;

namespace Penstock.Engine.Workers;

/// <summary>One claimed unit in this process: waiting for a slot, or running.</summary>
internal sealed class RunningUnit : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource? _timeout;
    private readonly CancellationTokenSource _either;
    private int _reason;

    public RunningUnit(UnitLease lease, TimeProvider time)
    {
        Lease = lease;
        ClaimedAt = time.GetTimestamp();
        if (lease is JobLease { Timeout: { } timeout })
        {
            _timeout = new CancellationTokenSource(timeout, time);
            _timeout.Token.Register(() => Interlocked.CompareExchange(ref _reason, (int)StopReason.Timeout, 0));
        }
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, _timeout?.Token ?? CancellationToken.None);
    }

    public UnitLease Lease { get; }
    public UnitKey Key => UnitKey.Of(Lease);
    public long ClaimedAt { get; }
    public CancellationToken Token => _either.Token;
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Asks the operation to stop; the first reason stands.</summary>
    public void Stop(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) == 0)
            _stop.Cancel();
    }

    public void Dispose()
    {
        _either.Dispose();
        _timeout?.Dispose();
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
