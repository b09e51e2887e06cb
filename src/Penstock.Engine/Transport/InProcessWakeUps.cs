namespace Penstock.Engine.Transport;

/// <summary>Wake-ups inside one process: a call to each listener. Other processes find their work by polling.</summary>
public sealed class InProcessWakeUps : IWakeUps
{
    private readonly Lock _lock = new();

    // Replaced, never changed: who wakes reads it without the lock.
    private volatile IWakeUpListener[] _listeners = [];

    public void QueueReady(string queueName)
    {
        foreach (IWakeUpListener listener in _listeners)
            listener.OnQueueReady(queueName);
    }

    public void LeasesChanged()
    {
        foreach (IWakeUpListener listener in _listeners)
            listener.OnLeasesChanged();
    }

    public void EventsWritten()
    {
        foreach (IWakeUpListener listener in _listeners)
            listener.OnEventsWritten();
    }

    public IDisposable Subscribe(IWakeUpListener listener)
    {
        lock (_lock)
            _listeners = [.. _listeners, listener];
        return new Subscription(this, listener);
    }

    private void Remove(IWakeUpListener listener)
    {
        lock (_lock)
            _listeners = [.. _listeners.Where(other => !ReferenceEquals(other, listener))];
    }

    private sealed class Subscription(InProcessWakeUps owner, IWakeUpListener listener) : IDisposable
    {
        public void Dispose() => owner.Remove(listener);
    }
}
