using System.Text;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Transport;
using Penstock.RabbitMq.Consuming;
using Penstock.RabbitMq.Publishing;
using Penstock.RabbitMq.Undecodable;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Penstock.RabbitMq.Broker;

/// <summary>One connection from its beginning to its end. Whatever ends a part of it ends all of it, and the next one begins from scratch.</summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeadLetterInterval = TimeSpan.FromSeconds(15);
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    private readonly SessionParts _parts;
    private readonly IConnection _connection;
    private readonly Topology _topology;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IChannel _publishing = null!;
    private IChannel _consuming = null!;
    private UndecodableConsumer? _undecodable;

    private BrokerSession(SessionParts parts, IConnection connection)
    {
        (_parts, _connection) = (parts, connection);
        _topology = new Topology(connection, parts);
        connection.ConnectionShutdownAsync += OnShutdownAsync;
    }

    /// <summary>As the broker tells it.</summary>
    public string Version =>
        _connection.ServerProperties?.TryGetValue("version", out object? version) is true && version is byte[] text ? Encoding.UTF8.GetString(text) : "of an unknown version";

    /// <summary>Messages in the dead-letter queue when they were counted last.</summary>
    public long DeadLetters { get; private set; } = -1;

    public static async Task<BrokerSession> OpenAsync(SessionParts parts, CancellationToken cancellationToken)
    {
        BrokerSession session = new(parts, await BrokerConnector.ConnectAsync(parts.Options, cancellationToken));
        try
        {
            await session._topology.DeclareExchangesAsync(cancellationToken);
            session._publishing = await session.ChannelAsync(Confirmed, cancellationToken);
            session._consuming = await session.ChannelAsync(null, cancellationToken);
            await session.HearBroadcastsAsync(cancellationToken);
            if (parts.Report is { } report)
                session._undecodable = new UndecodableConsumer(await session.ChannelAsync(null, cancellationToken), report, parts.Time, parts.Logger);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes and consumes until the connection ends, which is how this always ends: by an exception that says why.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        WakeUpPublisher publisher = new(
            _publishing, _topology, _parts.Health, _parts.Raised, _parts.Heard, _parts.Self, _parts.Options, _parts.Metrics, _parts.Time, _parts.Logger, EndWith);
        WakeUpConsumer consumer = new(
            _consuming, _topology, _parts.Health, _parts.Deliveries, _parts.NextNumber, _parts.Here.QueueReady, _parts.Self, _parts.Options, _parts.Metrics, _parts.Time, _parts.Logger);
        Task[] work = [publisher.RunAsync(end.Token), consumer.RunAsync(end.Token), WatchDeadLettersAsync(end.Token), _ended.Task.WaitAsync(end.Token)];
        Task first = await Task.WhenAny(work);
        // A part that failed because the connection did would hide the broker's own reason.
        if (!_connection.IsOpen)
            await Task.WhenAny(_ended.Task, Task.Delay(CloseTimeout, _parts.Time, CancellationToken.None));
        Task reason = _ended.Task.IsFaulted ? _ended.Task : first;
        await end.CancelAsync();
        await Task.WhenAll(work).ContinueWith(static all => _ = all.Exception, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await reason;
    }

    public async ValueTask DisposeAsync()
    {
        _connection.ConnectionShutdownAsync -= OnShutdownAsync;
        _ended.TrySetCanceled();
        try
        {
            await _connection.CloseAsync(Constants.ReplySuccess, "the process lets go of it", CloseTimeout, abort: true, CancellationToken.None);
        }
        catch (Exception error) when (error is RabbitMQClientException or IOException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            // It was gone already.
        }
        await _connection.DisposeAsync();
        _topology.Dispose();
    }

    private void EndWith(Exception reason)
    {
        _ended.TrySetException(reason);
        _ = _ended.Task.Exception; // Seen, even if nobody waits any more.
    }

    private Task OnShutdownAsync(object sender, ShutdownEventArgs reason)
    {
        EndWith(new OperationInterruptedException(reason));
        return Task.CompletedTask;
    }

    private async Task<IChannel> ChannelAsync(CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        IChannel channel = await _connection.CreateChannelAsync(options, cancellationToken);
        channel.ChannelShutdownAsync += OnShutdownAsync;
        return channel;
    }

    private async Task HearBroadcastsAsync(CancellationToken cancellationToken)
    {
        string queue = await _topology.DeclareBroadcastsAsync(_parts.Options.HearsEvents, cancellationToken);
        AsyncEventingBasicConsumer consumer = new(_consuming);
        consumer.ReceivedAsync += (sender, delivered) =>
        {
            if (WakeUpMessage.TryRead(delivered.Body.Span, out WakeUpMessage? message, out _) && message.From != _parts.Self)
                Hear(message.Kind);
            return Task.CompletedTask;
        };
        consumer.UnregisteredAsync += (_, _) =>
        {
            EndWith(new IOException("the broker took away the queue for broadcasts"));
            return Task.CompletedTask;
        };
        await _consuming.BasicConsumeAsync(queue, autoAck: true, consumer, cancellationToken);
    }

    private void Hear(string kind)
    {
        if (kind == WakeUpMessage.LeasesKind)
            _parts.Here.LeasesChanged();
        else if (kind == WakeUpMessage.EventsKind)
            _parts.Here.EventsWritten();
    }

    private async Task WatchDeadLettersAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                DeadLetters = await _topology.DeadLettersAsync(cancellationToken);
            }
            catch (OperationInterruptedException) when (_connection.IsOpen)
            {
                await _topology.DeclareExchangesAsync(cancellationToken); // Deleted by hand.
            }
            if (_undecodable is not null)
                await _undecodable.EnsureAsync(cancellationToken);
            await Task.Delay(DeadLetterInterval, _parts.Time, cancellationToken);
        }
    }
}
