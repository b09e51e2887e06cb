using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Penstock.RabbitMq.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Penstock.RabbitMq.Publishing;

/// <summary>Tells the broker what was raised, over one connection.</summary>
/// <remarks>
/// One message of a queue is under way at a time: what is raised meanwhile waits for its confirm. So the window is as large as
/// the number of queues, a slow broker is told less often, and no confirm is waited for by anybody who commits.
/// </remarks>
internal sealed class WakeUpPublisher(
    IChannel channel, Topology topology, QueueHealth health, RaisedWakeUps raised, Func<long> heard, string sender, RabbitMqOptions options,
    RabbitMqMetrics metrics, TimeProvider time, ILogger logger, Action<Exception> onFailed)
{
    /// <summary>Every commit writes events, and people read them: a few words a second are enough.</summary>
    private static readonly TimeSpan EventInterval = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan ReturnedDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RefusedDelay = TimeSpan.FromSeconds(1);

    private static readonly BasicProperties Durable = new() { DeliveryMode = DeliveryModes.Persistent, ContentType = "application/json" };
    private static readonly BasicProperties Transient = new() { DeliveryMode = DeliveryModes.Transient, ContentType = "application/json" };

    private readonly ConcurrentDictionary<string, bool> _underWay = new(StringComparer.Ordinal);
    private long _eventsSentAt;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        raised.Signal(); // What could not be told over the last connection.
        while (true)
        {
            await raised.WaitAsync(cancellationToken);
            foreach (string queue in raised.TakeQueues(_underWay.Keys.ToHashSet(StringComparer.Ordinal)))
            {
                _underWay[queue] = true;
                _ = PublishQueueAsync(queue, cancellationToken);
            }
            if (raised.TakeLeases())
                _ = BroadcastAsync(Topology.LeasesExchange, WakeUpMessage.LeasesKind, cancellationToken);
            PublishEvents(cancellationToken);
            await Task.Delay(options.PublishInterval, time, cancellationToken);
        }
    }

    private void PublishEvents(CancellationToken cancellationToken)
    {
        if (!raised.HasEvents)
            return;
        if (time.GetElapsedTime(_eventsSentAt) < EventInterval)
        {
            raised.Signal();
            return;
        }
        _eventsSentAt = time.GetTimestamp();
        raised.TakeEvents();
        _ = BroadcastAsync(Topology.EventsExchange, WakeUpMessage.EventsKind, cancellationToken);
    }

    private async Task PublishQueueAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            if (!await topology.DeclareQueueAsync(queue, cancellationToken))
                return; // Said when it was found; nobody can be woken by it over this connection.
            WakeUpMessage message = new(WakeUpMessage.QueueKind, sender, heard(), queue);
            await PublishAsync(Topology.WakeExchange, queue, message, isMandatory: true, Durable, cancellationToken);
            health.Answered(queue);
            metrics.Published("confirmed");
        }
        catch (BrokerTopologyException error)
        {
            logger.QueueUnusable(error.Message);
        }
        catch (PublishException error)
        {
            metrics.Published(error.IsReturn ? "returned" : "refused");
            if (error.IsReturn)
                topology.Forget(queue); // Deleted by hand; it comes back with the next attempt.
            await AgainAsync(queue, error.IsReturn ? ReturnedDelay : RefusedDelay, cancellationToken);
        }
        catch (Exception error)
        {
            if (error is TimeoutException)
                health.Silent(queue);
            metrics.Published("failed");
            raised.RaiseQueue(queue); // For the next connection.
            if (!cancellationToken.IsCancellationRequested)
                onFailed(error);
        }
        finally
        {
            _underWay.TryRemove(queue, out _);
            raised.Signal(); // It may have been raised again meanwhile.
        }
    }

    /// <summary>A full queue of wake-ups refuses more: whoever comes to read it is woken as it is, so there is no hurry.</summary>
    private async Task AgainAsync(string queue, TimeSpan delay, CancellationToken cancellationToken)
    {
        raised.RaiseQueue(queue);
        try
        {
            await Task.Delay(delay, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The connection ends; the next one finds it raised.
        }
    }

    private async Task BroadcastAsync(string exchange, string kind, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(exchange, "", new WakeUpMessage(kind, sender), isMandatory: false, Transient, cancellationToken);
            metrics.Published("confirmed");
        }
        catch (PublishException)
        {
            metrics.Published("refused"); // Everybody polls for these, too.
        }
        catch (Exception error)
        {
            metrics.Published("failed");
            if (!cancellationToken.IsCancellationRequested)
                onFailed(error);
        }
    }

    private async Task PublishAsync(
        string exchange, string routingKey, WakeUpMessage message, bool isMandatory, BasicProperties properties, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(options.AnswerTimeout, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // Returns when the broker has confirmed; on a quorum queue, when a majority has it on disk.
            await channel.BasicPublishAsync(exchange, routingKey, isMandatory, properties, message.ToBytes(), either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the broker did not confirm a message within {options.AnswerTimeout.TotalSeconds:0.#} s");
        }
    }
}
