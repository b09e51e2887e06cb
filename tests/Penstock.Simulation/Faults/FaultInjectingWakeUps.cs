using Penstock.Engine.Transport;
using Penstock.Simulation.Scheduling;
using Penstock.Testing;

namespace Penstock.Simulation.Faults;

/// <summary>Wake-ups between the simulated processes: lost, doubled, late, and always in the listener's own process.</summary>
internal sealed class FaultInjectingWakeUps(FaultPlan faults, ManualTimeProvider time) : IWakeUps
{
    private readonly List<Subscription> _subscriptions = [];

    public void QueueReady(string queueName) => Send(listener => listener.OnQueueReady(queueName));

    public void LeasesChanged() => Send(listener => listener.OnLeasesChanged());

    public void EventsWritten()
    {
        // No one in the simulation follows the event stream.
    }

    public IDisposable Subscribe(IWakeUpListener listener)
    {
        SimulatedProcess process = SynchronizationContext.Current as SimulatedProcess
            ?? throw new InvalidOperationException("A listener subscribed outside of every simulated process.");
        Subscription subscription = new(this, process, listener);
        _subscriptions.Add(subscription);
        return subscription;
    }

    private void Send(Action<IWakeUpListener> signal)
    {
        foreach (Subscription subscription in _subscriptions)
        {
            if (faults.LosesAllWakeUps || faults.Happens(FaultKind.LostWakeUp))
                continue;
            Deliver(subscription, signal);
            if (faults.Happens(FaultKind.DuplicateWakeUp))
                Deliver(subscription, signal);
        }
    }

    private void Deliver(Subscription subscription, Action<IWakeUpListener> signal)
    {
        bool late = faults.Happens(FaultKind.LateWakeUp);
        subscription.Process.Post(
            async _ =>
            {
                if (late)
                    await Task.Delay(TimeSpan.FromSeconds(3), time);
                if (_subscriptions.Contains(subscription))
                    signal(subscription.Listener);
            },
            null);
    }

    private sealed record Subscription(FaultInjectingWakeUps Owner, SimulatedProcess Process, IWakeUpListener Listener) : IDisposable
    {
        public void Dispose() => Owner._subscriptions.Remove(this);
    }
}
