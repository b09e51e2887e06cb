using Penstock.Engine.Transport;

namespace Penstock.TestKit.Hosting;

/// <summary>Wake-ups that wait until the test lets the host run, so that a job enqueued by the test stays queued until then.</summary>
internal sealed class HeldWakeUps : IWakeUps
{
    private readonly InProcessWakeUps _inner = new();
    private int _running;

    /// <summary>Lets wake-ups through until disposed.</summary>
    public IDisposable Release()
    {
        Interlocked.Increment(ref _running);
        return new Running(this);
    }

    public void QueueReady(string queueName)
    {
        // A held one is not kept: before it lets the host run, the host wakes every queue.
        if (Volatile.Read(ref _running) > 0)
            _inner.QueueReady(queueName);
    }

    public void LeasesChanged() => _inner.LeasesChanged();

    public void EventsWritten() => _inner.EventsWritten();

    public IDisposable Subscribe(IWakeUpListener listener) => _inner.Subscribe(listener);

    private sealed class Running(HeldWakeUps owner) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref owner._running);
    }
}
