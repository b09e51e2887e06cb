using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Penstock.Engine;
using Penstock.Engine.Transport;
using Penstock.RabbitMq.Broker;
using Penstock.RabbitMq.Consuming;
using Penstock.RabbitMq.Publishing;
using Penstock.RabbitMq.Undecodable;
using RabbitMQ.Client.Exceptions;

namespace Penstock.RabbitMq;

/// <summary>Wake-ups between processes and hosts, over RabbitMQ.</summary>
/// <remarks>
/// Listeners of this process hear at once, with or without the broker. The connection is made in the background and made again,
/// forever, whenever it is lost; meanwhile everybody finds work by polling. See docs/guides/rabbitmq.md.
/// </remarks>
public sealed class RabbitMqWakeUps : IWakeUps, IAsyncDisposable
{
    private readonly InProcessWakeUps _here = new();
    private readonly RaisedWakeUps _raised = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly RabbitMqOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Deliveries _deliveries;
    private readonly RabbitMqMetrics _metrics;
    private readonly SessionParts _parts;
    private readonly Task _running;
    private long _heard;
    private BrokerSession? _session;
    private volatile RabbitMqState _state;

    /// <exception cref="BrokerOptionsInvalidException"/>
    public RabbitMqWakeUps(RabbitMqOptions options, TimeProvider time, ILogger<RabbitMqWakeUps> logger)
        : this(options, time, logger, report: null)
    {
    }

    /// <param name="report">As <see cref="SessionParts"/> has it.</param>
    internal RabbitMqWakeUps(
        RabbitMqOptions options, TimeProvider time, ILogger<RabbitMqWakeUps> logger, Func<UndecodableMessage, CancellationToken, Task>? report)
    {
        (_options, _time, _logger) = (options.Resolved(), time, logger);
        _state = new RabbitMqState(false, time.GetUtcNow(), null, null, 0);
        _deliveries = new Deliveries(time);
        _metrics = new RabbitMqMetrics(() => _state.IsConnected, () => Volatile.Read(ref _session)?.DeadLetters ?? -1);
        string self = $"{Environment.MachineName}-{Environment.ProcessId}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        _parts = new SessionParts(
            _options, self, _here, _raised, _deliveries, new QueueHealth(), () => Heard, () => Interlocked.Increment(ref _heard), _metrics, time, logger, report);
        _running = RunAsync();
    }

    public RabbitMqState State => _state;

    public bool IsConnected => _state.IsConnected;

    /// <summary>Messages that the broker has taken over from this process.</summary>
    public long Confirmed => _metrics.Confirmed;

    public long Heard => Interlocked.Read(ref _heard);

    public void QueueReady(string queueName)
    {
        Interlocked.Increment(ref _heard);
        _here.QueueReady(queueName);
        _raised.RaiseQueue(queueName);
    }

    public void LeasesChanged()
    {
        _here.LeasesChanged();
        _raised.RaiseLeases();
    }

    public void EventsWritten()
    {
        _here.EventsWritten();
        _raised.RaiseEvents();
    }

    public IDisposable Subscribe(IWakeUpListener listener)
    {
        IDisposable inner = _here.Subscribe(listener);
        _deliveries.Subscribed(listener.Queues);
        return new Subscription(this, listener.Queues, inner);
    }

    public void Claimed(ClaimNotice claim) => _deliveries.Claimed(claim);

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _running;
        _metrics.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await Task.Yield();
        // Spread, so that the processes of a broker that restarts do not all come back in the same instant.
        Backoff backoff = new(_options.ReconnectDelayMax, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ConnectedAsync(backoff);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                if (error is not (RabbitMQClientException or IOException or TimeoutException or PenstockException))
                    _logger.Unexpected(error);
                await WaitAsync(backoff, BrokerConnector.Explain(error, _options));
            }
        }
        _state = _state with { IsConnected = false, Since = _time.GetUtcNow() };
    }

    private async Task ConnectedAsync(Backoff backoff)
    {
        _deliveries.Restart();
        await using BrokerSession session = await BrokerSession.OpenAsync(_parts, _stop.Token);
        long began = _time.GetTimestamp();
        _state = new RabbitMqState(true, _time.GetUtcNow(), null, null, _state.Connections + 1);
        Volatile.Write(ref _session, session);
        _metrics.Connected();
        _logger.Connected(session.Version, _options.Address);
        LookAround();
        try
        {
            await session.RunAsync(_stop.Token);
        }
        finally
        {
            Volatile.Write(ref _session, null);
            _state = _state with { IsConnected = false, Since = _time.GetUtcNow() };
            if (_time.GetElapsedTime(began) > Backoff.Proof)
                backoff.Reset();
        }
    }

    /// <summary>What others said while there was no connection was not heard here.</summary>
    private void LookAround()
    {
        foreach (string queue in _deliveries.Listened())
            _here.QueueReady(queue);
        _here.LeasesChanged();
        _here.EventsWritten();
    }

    private async Task WaitAsync(Backoff backoff, PenstockException reason)
    {
        bool isNew = _state.LastErrorCode != reason.Code;
        _state = _state with { LastErrorCode = reason.Code, LastError = reason.Message };
        TimeSpan delay = backoff.Next();
        if (isNew)
            _logger.Disconnected(reason.Message, delay.TotalSeconds);
        else
            _logger.StillDisconnected(backoff.Attempts, reason.Message);
        try
        {
            await Task.Delay(delay, _time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private sealed class Subscription(RabbitMqWakeUps owner, IReadOnlyCollection<string> queues, IDisposable inner) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 1)
                return;
            inner.Dispose();
            owner._deliveries.Unsubscribed(queues);
        }
    }
}
