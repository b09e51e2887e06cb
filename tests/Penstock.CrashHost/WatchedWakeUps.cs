using Penstock.Engine.Transport;

namespace Penstock.CrashHost;

/// <summary>On SQLite the wake-up after a commit is what the outbox's publish is with a broker.</summary>
internal sealed class WatchedWakeUps(IWakeUps inner, Death death) : IWakeUps
{
    public void QueueReady(string queueName)
    {
        death.At("wake-up");
        inner.QueueReady(queueName);
    }

    public void LeasesChanged() => inner.LeasesChanged();

    public void EventsWritten() => inner.EventsWritten();

    public IDisposable Subscribe(IWakeUpListener listener) => inner.Subscribe(listener);
}
