namespace Penstock.Engine.Transport;

/// <summary>Wakes workers; carries no truth. A lost wake-up costs at most the poll interval, a spurious one an empty claim.</summary>
public interface IWakeUps
{
    /// <summary>A queue has, or may have, ready units.</summary>
    void QueueReady(string queueName);

    /// <summary>Leases may have been taken back: workers look at theirs at once.</summary>
    void LeasesChanged();

    /// <summary>Something was written to the histories: live streams read on.</summary>
    void EventsWritten();

    /// <summary>Registers a listener until it is disposed; called on the caller's thread, so it must only signal.</summary>
    IDisposable Subscribe(IWakeUpListener listener);
}

public interface IWakeUpListener
{
    void OnQueueReady(string queueName);
    void OnLeasesChanged();
    void OnEventsWritten();
}
