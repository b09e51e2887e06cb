using System.Diagnostics.Metrics;

namespace Penstock.RabbitMq;

/// <summary>What the transport measures; the meter's name is <c>Penstock.RabbitMq</c>.</summary>
internal sealed class RabbitMqMetrics : IDisposable
{
    private readonly Meter _meter = new("Penstock.RabbitMq");
    private readonly Counter<long> _publishes;
    private readonly Counter<long> _deliveries;
    private readonly Counter<long> _connections;
    private long _confirmed;

    /// <param name="deadLetters">How many messages wait in the dead-letter queue; negative: not known.</param>
    public RabbitMqMetrics(Func<bool> isConnected, Func<long> deadLetters)
    {
        _publishes = _meter.CreateCounter<long>("penstock.transport.publishes", "{message}", "Messages sent to the broker, by what became of them.");
        _deliveries = _meter.CreateCounter<long>("penstock.transport.deliveries", "{message}", "Wake-ups taken from the broker, by what became of them.");
        _connections = _meter.CreateCounter<long>("penstock.transport.connections", "{connection}", "Connections made to the broker; more than one: it was lost and came back.");
        _meter.CreateObservableGauge("penstock.transport.connected", () => isConnected() ? 1 : 0, null, "1 while the process is connected to its broker.");
        _meter.CreateObservableGauge(
            "penstock.transport.dead_letters", () => Math.Max(0, deadLetters()), "{message}",
            "Messages in the broker's dead-letter queue: something that is no wake-up came to a queue of Penstock.");
    }

    /// <summary>Publishes that the broker has taken over.</summary>
    public long Confirmed => Interlocked.Read(ref _confirmed);

    public void Published(string outcome)
    {
        if (outcome == "confirmed")
            Interlocked.Increment(ref _confirmed);
        _publishes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void Delivered(string outcome, int count = 1) => _deliveries.Add(count, new KeyValuePair<string, object?>("outcome", outcome));

    public void Connected() => _connections.Add(1);

    public void Dispose() => _meter.Dispose();
}
