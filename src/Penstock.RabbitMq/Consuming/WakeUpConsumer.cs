using Microsoft.Extensions.Logging;
using Penstock.RabbitMq.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Penstock.RabbitMq.Consuming;

/// <summary>Takes wake-ups from the queues this process has room for, over one connection.</summary>
internal sealed class WakeUpConsumer(
    IChannel channel, Topology topology, QueueHealth health, Deliveries deliveries, Func<long> nextNumber, Action<string> wake, string self,
    RabbitMqOptions options, RabbitMqMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>A look at what is wanted even if nothing happened: what lingered is over some time.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>A worker that goes from full to free and back does not start and stop consumers more often than this.</summary>
    private static readonly TimeSpan ChangeInterval = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();

    /// <summary>Queue to the tag of its consumer.</summary>
    private readonly Dictionary<string, string> _consumers = new(StringComparer.Ordinal);

    private int _count;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await channel.BasicQosAsync(0, (ushort)options.Prefetch, global: false, cancellationToken);
        deliveries.Signal();
        while (true)
        {
            await deliveries.WaitAsync(LookInterval, cancellationToken);
            await AnswerAsync(cancellationToken);
            if (await ChangeAsync(cancellationToken))
            {
                await Task.Delay(ChangeInterval, time, cancellationToken);
                deliveries.Signal();
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        List<ulong> answered = deliveries.TakeAnswered();
        foreach (ulong tag in answered)
            await channel.BasicAckAsync(tag, multiple: false, cancellationToken);
        if (answered.Count > 0)
            metrics.Delivered("settled", answered.Count);
    }

    /// <summary>Starts and stops consumers, so that they are those that are wanted.</summary>
    private async Task<bool> ChangeAsync(CancellationToken cancellationToken)
    {
        HashSet<string> wanted = deliveries.Wanted();
        Dictionary<string, string> present;
        lock (_gate)
            present = new Dictionary<string, string>(_consumers, StringComparer.Ordinal);
        bool changed = false;
        foreach ((string queue, string tag) in present.Where(c => !wanted.Contains(c.Key)))
        {
            await StopAsync(queue, tag, cancellationToken);
            changed = true;
        }
        foreach (string queue in wanted.Where(q => !present.ContainsKey(q)))
            changed |= await StartAsync(queue, cancellationToken);
        return changed;
    }

    private async Task<bool> StartAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            if (!await topology.DeclareQueueAsync(queue, cancellationToken))
                return false;
        }
        catch (BrokerTopologyException error)
        {
            logger.QueueUnusable(error.Message);
            return false;
        }
        string tag = $"{self}:{queue}:{++_count}";
        AsyncEventingBasicConsumer consumer = new(channel);
        consumer.ReceivedAsync += (_, message) => TakeAsync(queue, tag, message, cancellationToken);
        consumer.UnregisteredAsync += (_, _) =>
        {
            OnGone(queue, tag);
            return Task.CompletedTask;
        };
        lock (_gate)
            _consumers[queue] = tag;
        try
        {
            await channel.BasicConsumeAsync(queue, autoAck: false, tag, consumer, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && error is TimeoutException or OperationCanceledException)
        {
            // The client says that a request was not answered as if it had been cancelled.
            health.Silent(queue);
            throw new TimeoutException($"the broker's queue {queue} took no consumer within {options.AnswerTimeout.TotalSeconds:0.#} s", error);
        }
        health.Answered(queue);
        return true;
    }

    private async Task StopAsync(string queue, string tag, CancellationToken cancellationToken)
    {
        lock (_gate)
            _consumers.Remove(queue);
        await channel.BasicCancelAsync(tag, noWait: false, cancellationToken);
        // Not before: it would come straight back.
        foreach (ulong held in deliveries.TakeHeld(queue))
            await ReturnAsync(held, cancellationToken);
    }

    private void OnGone(string queue, string tag)
    {
        if (!channel.IsOpen)
            return; // All of the connection is gone, and said so.
        lock (_gate)
        {
            if (_consumers.GetValueOrDefault(queue) != tag)
                return; // Stopped by this process, and perhaps started again since.
            _consumers.Remove(queue);
        }
        logger.QueueGone(queue);
        topology.Forget(queue);
        deliveries.TakeHeld(queue);
        deliveries.Signal();
    }

    private async Task TakeAsync(string queue, string tag, BasicDeliverEventArgs delivered, CancellationToken cancellationToken)
    {
        if (!WakeUpMessage.TryRead(delivered.Body.Span, out WakeUpMessage? message, out string problem) || message.Kind != WakeUpMessage.QueueKind)
        {
            logger.Undecodable(queue, problem, Topology.DeadLetterQueue);
            metrics.Delivered("undecodable");
            await channel.BasicRejectAsync(delivered.DeliveryTag, requeue: false, cancellationToken);
            return;
        }
        bool isCurrent;
        lock (_gate)
            isCurrent = _consumers.GetValueOrDefault(queue) == tag;
        if (!isCurrent)
        {
            await ReturnAsync(delivered.DeliveryTag, cancellationToken); // It was on its way when its consumer was stopped.
            return;
        }
        // Numbered before anybody is woken: the claim that this leads to has heard at least this number.
        if (deliveries.TryHold(queue, delivered.DeliveryTag, nextNumber(), message.From == self ? message.Heard : null))
        {
            wake(queue);
            return;
        }
        metrics.Delivered("own");
        await channel.BasicAckAsync(delivered.DeliveryTag, multiple: false, cancellationToken);
    }

    private async Task ReturnAsync(ulong tag, CancellationToken cancellationToken)
    {
        metrics.Delivered("returned");
        await channel.BasicNackAsync(tag, multiple: false, requeue: true, cancellationToken);
    }
}
