using System.Threading.Channels;

namespace Penstock.RabbitMq.Publishing;

/// <summary>What is still to be told to the broker. Outlives connections; grows with the number of queues, not of commits.</summary>
internal sealed class RaisedWakeUps
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _queues = new(StringComparer.Ordinal);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private int _leases;
    private int _events;

    public void RaiseQueue(string name)
    {
        lock (_gate)
        {
            if (!_queues.Add(name))
                return; // Up already, and so is the signal.
        }
        Signal();
    }

    public void RaiseLeases() => Raise(ref _leases);

    public void RaiseEvents() => Raise(ref _events);

    /// <summary>Something is left for another turn.</summary>
    public void Signal() => _signal.Writer.TryWrite(true);

    /// <summary>Returns when something was raised since the last time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>All raised queues but those; they stay raised.</summary>
    public List<string> TakeQueues(IReadOnlySet<string> except)
    {
        lock (_gate)
        {
            List<string> taken = [.. _queues.Where(name => !except.Contains(name))];
            _queues.ExceptWith(taken);
            return taken;
        }
    }

    public bool TakeLeases() => Interlocked.Exchange(ref _leases, 0) == 1;

    public bool TakeEvents() => Interlocked.Exchange(ref _events, 0) == 1;

    public bool HasEvents => Volatile.Read(ref _events) == 1;

    private void Raise(ref int flag)
    {
        // Once a commit, on the hot path: nothing to do if it is up already.
        if (Volatile.Read(ref flag) == 0 && Interlocked.Exchange(ref flag, 1) == 0)
            Signal();
    }
}
