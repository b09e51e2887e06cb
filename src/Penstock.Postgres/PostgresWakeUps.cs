using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Penstock.Engine.Transport;

namespace Penstock.Postgres;

/// <summary>Wake-ups between all processes on one database, by LISTEN and NOTIFY on connections of their own.</summary>
/// <remarks>
/// Hints only: while there is no connection, polling finds the work. Nothing is sent inside a transaction of the engine, where
/// it would make commits wait for each other; what happens within a few milliseconds goes as one message. A process that only
/// enqueues has no listening connection, one that only reads no sending one.
/// </remarks>
public sealed class PostgresWakeUps : IWakeUps, IAsyncDisposable
{
    /// <summary>Of a message; the server takes 8000. What does not fit is found by polling.</summary>
    private const int MessageCharsMax = 2_000;

    private static readonly TimeSpan SendInterval = TimeSpan.FromMilliseconds(5);

    /// <summary>Live streams look once a second anyway, and under load there is something new in each commit.</summary>
    private static readonly TimeSpan EventsInterval = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly InProcessWakeUps _here = new();
    private readonly PostgresOptions _options;
    private readonly ILogger _logger;
    private readonly string _self = Path.GetRandomFileName();
    private readonly Lock _gate = new();
    private readonly HashSet<string> _words = new(StringComparer.Ordinal);
    private readonly Channel<bool> _raised =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _sending;
    private Task? _listening;
    private long _eventsToldAt;

    /// <summary>The message that a broken connection did not take; the next one does.</summary>
    private string? _unsent;

    public PostgresWakeUps(PostgresOptions options, ILogger<PostgresWakeUps> logger) => (_options, _logger) = (options, logger);

    public void QueueReady(string queueName)
    {
        _here.QueueReady(queueName);
        Raise(WakeUpWords.Queue(queueName));
    }

    public void LeasesChanged()
    {
        _here.LeasesChanged();
        Raise(WakeUpWords.Leases);
    }

    public void EventsWritten()
    {
        _here.EventsWritten();
        long told = Interlocked.Read(ref _eventsToldAt);
        if (told != 0 && Stopwatch.GetElapsedTime(told) < EventsInterval)
            return;
        Interlocked.Exchange(ref _eventsToldAt, Stopwatch.GetTimestamp());
        Raise(WakeUpWords.Events);
    }

    public IDisposable Subscribe(IWakeUpListener listener)
    {
        Listen();
        return _here.Subscribe(listener);
    }

    /// <summary>Until messages of others are heard here.</summary>
    public Task UntilConnectedAsync()
    {
        Listen();
        return _connected.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return; // Known to the container under two names.
        await _stop.CancelAsync();
        await (_sending ?? Task.CompletedTask);
        await (_listening ?? Task.CompletedTask);
    }

    private void Raise(string word)
    {
        lock (_gate)
        {
            if (!_words.Add(word))
                return;
            if (!_stop.IsCancellationRequested)
                _sending ??= Task.Run(SendAsync);
        }
        _raised.Writer.TryWrite(true);
    }

    private void Listen()
    {
        lock (_gate)
            _listening ??= Task.Run(ListenAsync);
    }

    private Task SendAsync() => KeepConnectedAsync(
        async connection =>
        {
            await using NpgsqlCommand notify = new("select pg_notify('penstock_' || current_schema(), $1)", connection);
            NpgsqlParameter<string> message = new();
            notify.Parameters.Add(message);
            while (_unsent is not null || await _raised.Reader.WaitToReadAsync(_stop.Token))
            {
                _raised.Reader.TryRead(out _);
                message.TypedValue = _unsent ??= TakeWords();
                await notify.ExecuteNonQueryAsync(_stop.Token);
                _unsent = null;
                await Task.Delay(SendInterval, TimeProvider.System, _stop.Token);
            }
        });

    private Task ListenAsync() => KeepConnectedAsync(
        async connection =>
        {
            connection.Notification += (_, told) => Hear(told.Payload);
            await using (NpgsqlCommand schema = new("select quote_ident('penstock_' || current_schema())", connection))
            await using (NpgsqlCommand listen = new($"listen {await schema.ExecuteScalarAsync(_stop.Token)}", connection))
                await listen.ExecuteNonQueryAsync(_stop.Token);
            _connected.TrySetResult();
            while (true)
                await connection.WaitAsync(_stop.Token);
        });

    private async Task KeepConnectedAsync(Func<NpgsqlConnection, Task> work)
    {
        TimeSpan pause = FirstPause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = new(_options.LonelyString);
                await connection.OpenAsync(_stop.Token);
                pause = FirstPause;
                await work(connection);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException || PostgresErrors.IsConnection(error))
            {
                _logger.NoWakeUps(_options.Address, error.Message, pause.TotalSeconds);
                await Task.Delay(pause, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    private string TakeWords()
    {
        string text = _self;
        lock (_gate)
        {
            foreach (string word in _words.Where(w => text.Length + w.Length < MessageCharsMax))
                text += '\n' + word;
            _words.Clear();
        }
        return text;
    }

    private void Hear(string message)
    {
        // The sender comes first: the server tells it, too.
        int end = message.IndexOf('\n', StringComparison.Ordinal);
        if (end > 0 && message[..end] != _self)
            WakeUpWords.Hear(message[end..], _here);
    }
}
