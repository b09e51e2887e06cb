using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Penstock.Engine;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Server.Jobs;

namespace Penstock.Server.Events;

/// <summary>Streams the histories to whoever listens; the store is read, wake-ups only say when.</summary>
internal sealed class LiveEvents(IJobReader reader, IWakeUps wakeUps, TimeProvider time, IHostApplicationLifetime lifetime, IOptions<JsonOptions> json)
{
    /// <summary>Streams at once; each holds a connection and, while it catches up, a reader.</summary>
    private const int StreamsMax = 500;
    private const int EventsPerRead = 500;

    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    /// <summary>Finds what another process wrote, and what a lost wake-up hid.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(1);

    private int _streams;

    /// <param name="jobId">Only this job's events; null: all jobs.</param>
    /// <param name="after">The last event the reader has; null: from now on.</param>
    public async Task SendAsync(HttpResponse response, Guid? jobId, long? after, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _streams) > StreamsMax)
        {
            Interlocked.Decrement(ref _streams);
            throw new TooManyStreamsException(StreamsMax);
        }
        // A stream never ends by itself; without this a stopping server would wait for its readers.
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            using Signal signal = new(wakeUps);
            await WriteAsync(response, signal, jobId, after ?? await reader.LastEventIdAsync(end.Token), end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader left, or the server stops: the ordinary end of a stream.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private async Task WriteAsync(HttpResponse response, Signal signal, Guid? jobId, long cursor, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // An id without data moves the reader's cursor only: a reader that joins now and breaks off before the first event resumes here.
        await response.WriteAsync($"retry: 1000\nid: {cursor}\n\n", cancellationToken);
        await response.Body.FlushAsync(cancellationToken);

        long lastWrite = time.GetTimestamp();
        while (true)
        {
            IReadOnlyList<JobEvent> events = jobId is { } id
                ? await reader.EventsAsync(id, cursor, EventsPerRead, cancellationToken)
                : await reader.EventsAfterAsync(cursor, EventsPerRead, cancellationToken);
            foreach (JobEvent entry in events)
            {
                string data = JsonSerializer.Serialize(entry.ToView(), json.Value.SerializerOptions);
                await response.WriteAsync($"id: {entry.Id}\nevent: {entry.Name}\ndata: {data}\n\n", cancellationToken);
                cursor = entry.Id;
            }
            bool silent = events.Count == 0 && time.GetElapsedTime(lastWrite) >= HeartbeatInterval;
            if (silent)
                await response.WriteAsync(": heartbeat\n\n", cancellationToken);
            if (silent || events.Count > 0)
            {
                await response.Body.FlushAsync(cancellationToken);
                lastWrite = time.GetTimestamp();
            }
            if (events.Count < EventsPerRead)
                await signal.WaitAsync(PollInterval, time, cancellationToken);
        }
    }

    /// <summary>Remembers that something was written, however often, until it is waited for.</summary>
    private sealed class Signal : IWakeUpListener, IDisposable
    {
        private readonly Channel<bool> _raised =
            Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly IDisposable _subscription;

        public Signal(IWakeUps wakeUps) => _subscription = wakeUps.Subscribe(this);

        public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
        {
            using CancellationTokenSource limit = new(atMost, time);
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await _raised.Reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // The poll interval passed without a wake-up.
            }
        }

        public void OnEventsWritten() => _raised.Writer.TryWrite(true);

        public void OnQueueReady(string queueName) { }

        public void OnLeasesChanged() { }

        public void Dispose() => _subscription.Dispose();
    }
}

public sealed class TooManyStreamsException(int max) : PenstockException(
    "too-many-streams", $"{max} event streams are open, as many as this server holds. Close some, or try again later.")
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}
