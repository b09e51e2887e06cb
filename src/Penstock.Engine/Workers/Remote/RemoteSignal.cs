using System.Threading.Channels;
using Penstock.Engine.Transport;

namespace Penstock.Engine.Workers.Remote;

/// <summary>Remembers that something happened to these queues, or to leases, until it is waited for.</summary>
internal sealed class RemoteSignal : IWakeUpListener, IDisposable
{
    private readonly Channel<bool> _raised =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<string> _queues;
    private readonly IDisposable _subscription;

    /// <param name="queues">None: only leases are of interest.</param>
    public RemoteSignal(IWakeUps wakeUps, IEnumerable<string> queues)
    {
        _queues = queues.ToHashSet(StringComparer.Ordinal);
        _subscription = wakeUps.Subscribe(this);
    }

    /// <summary>Returns when it was raised, after the time given, or when the caller is gone; the caller looks for itself.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(atMost, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _raised.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The time is up, or nobody waits any more.
        }
    }

    public IReadOnlyCollection<string> Queues => _queues;

    public void OnQueueReady(string queueName)
    {
        if (_queues.Contains(queueName))
            _raised.Writer.TryWrite(true);
    }

    public void OnLeasesChanged()
    {
        if (_queues.Count == 0)
            _raised.Writer.TryWrite(true);
    }

    public void OnEventsWritten() { }

    public void Dispose() => _subscription.Dispose();
}
