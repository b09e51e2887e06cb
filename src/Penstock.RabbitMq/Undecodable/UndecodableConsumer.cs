using Microsoft.Extensions.Logging;
using Penstock.RabbitMq.Broker;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Penstock.RabbitMq.Undecodable;

/// <summary>Takes messages from the broker's dead-letter queue into the store, one at a time; each leaves the broker once it is stored.</summary>
/// <remarks>
/// On a channel of its own, since it may wait for the store. It keeps the message while it waits: given back, it would come again at once,
/// and a broker may drop what came too often.
/// </remarks>
internal sealed class UndecodableConsumer(
    IChannel channel, Func<UndecodableMessage, CancellationToken, Task> report, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);

    private volatile bool _consumes;

    /// <summary>Begins, or begins again after the queue was deleted by hand; else nothing.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_consumes)
            return;
        await channel.BasicQosAsync(0, 1, global: false, cancellationToken);
        AsyncEventingBasicConsumer consumer = new(channel);
        consumer.ReceivedAsync += (_, delivered) => TakeAsync(delivered, cancellationToken);
        consumer.UnregisteredAsync += (_, _) =>
        {
            _consumes = false;
            return Task.CompletedTask;
        };
        _consumes = true;
        await channel.BasicConsumeAsync(Topology.DeadLetterQueue, autoAck: false, consumer, cancellationToken);
    }

    private async Task TakeAsync(BasicDeliverEventArgs delivered, CancellationToken cancellationToken)
    {
        // The body is the client's own and only lent until the first await.
        UndecodableMessage message = UndecodableMessage.From(delivered);
        bool isSaid = false;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await report(message, cancellationToken);
                await channel.BasicAckAsync(delivered.DeliveryTag, multiple: false, cancellationToken);
                return;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it is, another message would meet it, too. A connection that is gone ends all of this.
                if (!isSaid)
                    logger.UndecodableNotStored(Topology.DeadLetterQueue, error.Message);
                isSaid = true;
                await Task.Delay(RetryDelay, time, cancellationToken);
            }
        }
    }
}
