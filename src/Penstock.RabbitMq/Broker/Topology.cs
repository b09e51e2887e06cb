using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Penstock.RabbitMq.Broker;

/// <summary>The exchanges and queues of Penstock, declared where they are missing; declaring them again changes nothing.</summary>
/// <remarks>On a channel of its own, which a refused declaration closes without harm to the others.</remarks>
internal sealed class Topology(IConnection connection, SessionParts parts) : IDisposable
{
    public const string WakeExchange = "penstock.wake";
    public const string LeasesExchange = "penstock.leases";
    public const string EventsExchange = "penstock.events";
    public const string DeadLetterExchange = "protea.dlx";
    public const string DeadLetterQueue = "protea.dead-letter";

    /// <summary>Wake-ups kept for workers that are away or full: a few say all that many would.</summary>
    private const int WakeUpsMax = 100;

    private const int BroadcastsMax = 1_000;
    private const int DeadLettersMax = 10_000;

    /// <summary>The broker itself waits some time for a queue that does not answer before it deletes it by force.</summary>
    private const int DeleteFactor = 3;

    private const ushort ArgumentsDiffer = 406;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly HashSet<string> _declared = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private IChannel? _channel;

    public void Dispose() => _gate.Dispose();

    /// <summary>What does not depend on the queues of this program.</summary>
    /// <exception cref="BrokerTopologyException"/>
    public async Task DeclareExchangesAsync(CancellationToken cancellationToken)
    {
        await DeclareAsync(WakeExchange, c => c.ExchangeDeclareAsync(WakeExchange, ExchangeType.Direct, durable: true, autoDelete: false, cancellationToken: cancellationToken), cancellationToken);
        foreach (string fanout in (string[])[LeasesExchange, EventsExchange, DeadLetterExchange])
            await DeclareAsync(fanout, c => c.ExchangeDeclareAsync(fanout, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancellationToken), cancellationToken);
        await DeclareAsync(DeadLetterQueue, async c =>
        {
            await c.QueueDeclareAsync(
                DeadLetterQueue, durable: true, exclusive: false, autoDelete: false,
                new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-max-length"] = DeadLettersMax }, cancellationToken: cancellationToken);
            await c.QueueBindAsync(DeadLetterQueue, DeadLetterExchange, "", cancellationToken: cancellationToken);
        }, cancellationToken);
    }

    /// <summary>The queue of wake-ups for a queue of Penstock, under the same name.</summary>
    /// <remarks>
    /// A full one refuses more (the publisher learns it) instead of dropping the oldest, which would count as dead and end in
    /// the dead-letter queue.
    /// </remarks>
    /// <exception cref="BrokerTopologyException">Once per connection for each queue.</exception>
    /// <returns>False: it cannot be used on this connection, as was said before.</returns>
    public async Task<bool> DeclareQueueAsync(string name, CancellationToken cancellationToken)
    {
        lock (_declared)
        {
            if (_declared.Contains(name))
                return true;
            if (_refused.Contains(name))
                return false;
        }
        Dictionary<string, object?> arguments = new()
        {
            ["x-queue-type"] = "quorum",
            ["x-max-length"] = WakeUpsMax,
            ["x-overflow"] = "reject-publish",
            ["x-dead-letter-exchange"] = DeadLetterExchange,
        };
        try
        {
            await DeclareAsync(name, async c =>
            {
                if (parts.Health.IsGivenUp(name))
                {
                    parts.Logger.QueueGivenUp(name);
                    await c.QueueDeleteAsync(name, ifUnused: false, ifEmpty: false, cancellationToken: cancellationToken);
                    parts.Health.Answered(name);
                }
                await c.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);
                await c.QueueBindAsync(name, WakeExchange, name, cancellationToken: cancellationToken);
            }, cancellationToken);
        }
        catch (BrokerTopologyException)
        {
            lock (_declared)
                _refused.Add(name);
            throw;
        }
        lock (_declared)
            _declared.Add(name);
        return true;
    }

    /// <summary>The queue is gone, or may be: the next use declares it anew.</summary>
    public void Forget(string name)
    {
        lock (_declared)
            _declared.Remove(name);
    }

    /// <summary>A queue of this connection alone, for what every process is told.</summary>
    public async Task<string> DeclareBroadcastsAsync(bool withEvents, CancellationToken cancellationToken)
    {
        string name = "";
        await DeclareAsync("a queue for broadcasts", async c =>
        {
            // Only the newest count: whoever lags this far behind looks into the store anyway.
            QueueDeclareOk made = await c.QueueDeclareAsync(
                "", durable: false, exclusive: true, autoDelete: true,
                new Dictionary<string, object?> { ["x-max-length"] = BroadcastsMax }, cancellationToken: cancellationToken);
            name = made.QueueName;
            await c.QueueBindAsync(name, LeasesExchange, "", cancellationToken: cancellationToken);
            if (withEvents)
                await c.QueueBindAsync(name, EventsExchange, "", cancellationToken: cancellationToken);
        }, cancellationToken);
        return name;
    }

    /// <summary>Messages that wait in the dead-letter queue.</summary>
    public async Task<long> DeadLettersAsync(CancellationToken cancellationToken)
    {
        long count = 0;
        await DeclareAsync(
            DeadLetterQueue, async c => count = (await c.QueueDeclarePassiveAsync(DeadLetterQueue, cancellationToken)).MessageCount, cancellationToken);
        return count;
    }

    private async Task DeclareAsync(string name, Func<IChannel, Task> declare, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_channel is not { IsOpen: true })
            {
                _channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
                _channel.ContinuationTimeout = parts.Options.AnswerTimeout * DeleteFactor;
            }
            await declare(_channel);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == ArgumentsDiffer)
        {
            throw new BrokerTopologyException(parts.Options.Address, name, error.ShutdownReason.ReplyText, error);
        }
        finally
        {
            _gate.Release();
        }
    }
}
