using System.Runtime.CompilerServices;
using System.Text.Json;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Penstock.Client.Jobs;

namespace Penstock.Client;

public sealed partial class PenstockClient
{
    /// <summary>The server sends a heartbeat every 15 s; three missed ones mean a dead connection.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);
    private const int ReconnectsMax = 10;
    private const int EventsPageMax = 2_000;

    /// <summary>The live stream of events, oldest first; survives broken connections without loss or repetition.</summary>
    /// <param name="jobId">Only this job's events; null: all jobs.</param>
    /// <param name="after">The last event seen; null: from now on, 0: from the beginning.</param>
    /// <exception cref="ServerUnreachableException">Ten connections in a row brought nothing.</exception>
    public async IAsyncEnumerable<EventView> EventsAsync(
        Guid? jobId, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long? last = after;
        bool connected = false;
        int failures = 0;
        while (true)
        {
            await using IAsyncEnumerator<SseItem> items =
                ConnectionAsync(jobId, last, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(items, mayFail: connected) is { } next)
            {
                (connected, failures) = (true, 0);
                // Remembered before it is handed out: a reader that leaves here resumes behind it.
                last = next.Id ?? last;
                if (next.Data is not null)
                    yield return JsonSerializer.Deserialize<EventView>(next.Data, PenstockJson.Options)!;
            }
            if (++failures > ReconnectsMax)
                throw new ServerUnreachableException(Http.BaseAddress, new IOException("the event stream ended again and again"));
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(failures, 5)), _time, cancellationToken);
        }
    }

    /// <summary>Waits until a job has ended and returns it.</summary>
    /// <param name="seen">Told of every event of the job, from its first, in order.</param>
    public async Task<JobDetail> WaitForJobAsync(Guid jobId, Action<EventView>? seen, CancellationToken cancellationToken)
    {
        JobDetail job = await JobAsync(jobId, cancellationToken);
        if (HasEnded(job) && seen is null)
            return job;
        // The stream replays the history first, so an end between the two requests is not missed.
        await foreach (EventView next in EventsAsync(jobId, after: 0, cancellationToken))
        {
            seen?.Invoke(next);
            if (next.Event is not ("job.succeeded" or "job.failed" or "job.cancelled" or "job.timeout"))
                continue;
            job = await JobAsync(jobId, cancellationToken);
            if (!HasEnded(job))
                continue;
            // A job that was redriven has ended more than once: what followed the first end is part of the history too.
            if (seen is not null)
                foreach (EventView rest in await JobEventsAsync(jobId, next.Id, EventsPageMax, cancellationToken))
                    seen(rest);
            return job;
        }
        return job;
    }

    private static bool HasEnded(JobView job) => job.Status is "succeeded" or "failed" or "cancelled";

    /// <returns>Null: the connection ended, and another one may go on.</returns>
    private static async Task<SseItem?> NextAsync(IAsyncEnumerator<SseItem> items, bool mayFail)
    {
        try
        {
            return await items.MoveNextAsync() ? items.Current : null;
        }
        catch (Exception error) when (mayFail && error is IOException or ServerUnreachableException)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<SseItem> ConnectionAsync(
        Guid? jobId, long? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string path = new ApiPath("/events").With("job_id", jobId).With("after", after);
        await using Stream stream = await OpenAsync(path, cancellationToken);
        await foreach (SseItem item in new SseReader(stream, _time, LongestSilence).ItemsAsync(cancellationToken))
            yield return item;
    }
}
