namespace Penstock.Engine.Transport;

/// <summary>Wakes workers; carries no truth. A lost wake-up costs at most the poll interval, a spurious one an empty claim.</summary>
/// <remarks>
/// A transport may hand a wake-up to one process of many. It then has to know when it may forget it: whoever claims reads
/// <see cref="Heard"/> before, and says <see cref="Claimed"/> after the commit. Transports that tell everybody need neither.
/// </remarks>
public interface IWakeUps
{
    /// <summary>Number of the last wake-up heard; a claim that begins afterwards sees the units that it is about.</summary>
    long Heard => 0;

    /// <summary>A queue has, or may have, ready units.</summary>
    void QueueReady(string queueName);

    /// <summary>Leases may have been taken back: workers look at theirs at once.</summary>
    void LeasesChanged();

    /// <summary>Something was written to the histories: live streams read on.</summary>
    void EventsWritten();

    /// <summary>Registers a listener until it is disposed; called on the caller's thread, so it must only signal.</summary>
    IDisposable Subscribe(IWakeUpListener listener);

    /// <summary>A claim has committed. Called in the loop of a worker, so it must only note that.</summary>
    void Claimed(ClaimNotice claim)
    {
    }
}

public interface IWakeUpListener
{
    /// <summary>Queues that it takes units from, the same as long as it is subscribed; none: it takes no units.</summary>
    IReadOnlyCollection<string> Queues => [];

    void OnQueueReady(string queueName);
    void OnLeasesChanged();
    void OnEventsWritten();
}
