using System.Collections.Immutable;

namespace Penstock.Engine.Transport;

/// <summary>Wake-ups inside one process: a call to each listener. Other processes find their work by polling.</summary>
public sealed class InProcessWakeUps : IWakeUps
{
    private ImmutableArray<IWakeUpListener> _listeners = [];

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
        ImmutableInterlocked.Update(ref _listeners, (all, one) => all.Add(one), listener);
        return new Subscription(this, listener);
    }

    private sealed class Subscription(InProcessWakeUps owner, IWakeUpListener listener) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref owner._listeners, (all, one) => all.Remove(one), listener);
    }
}
