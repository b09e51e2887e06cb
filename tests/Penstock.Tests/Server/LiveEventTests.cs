using System.Text;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Xunit;

namespace Penstock.Tests.Server;

/// <summary>The live stream: order, cursor, resuming, and what is sent while nothing happens.</summary>
public sealed class LiveEventTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_stream_tells_what_is_written_after_it_was_opened()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.EnqueueAsync("test.wait");
        await using RawStream stream = await RawStream.OpenAsync(server, "/events");
        Assert.Equal(["retry: 1000", "id: 1"], await stream.BlockAsync());

        Guid later = await server.EnqueueAsync("test.wait");

        string[] block = await stream.BlockAsync();
        Assert.Equal(["id: 2", "event: job.created"], block[..2]);
        Assert.Contains($"\"job_id\":\"{later}\"", block[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_resumes_behind_the_last_event_seen_without_loss_or_repetition(bool byHeader)
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        for (int i = 0; i < 4; i++)
            await server.EnqueueAsync("test.wait");

        await using RawStream stream = byHeader
            ? await RawStream.OpenAsync(server, "/events", ("Last-Event-ID", "2"))
            : await RawStream.OpenAsync(server, "/events?after=2");

        Assert.Equal("id: 2", (await stream.BlockAsync())[^1]);
        Assert.Equal("id: 3", (await stream.BlockAsync())[0]);
        Assert.Equal("id: 4", (await stream.BlockAsync())[0]);
        Guid next = await server.EnqueueAsync("test.wait");
        Assert.Contains($"{next}", (await stream.BlockAsync())[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_jobs_stream_replays_its_history_and_leaves_out_other_jobs()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        await server.EnqueueAsync("test.wait");
        Guid mine = await server.EnqueueAsync("test.wait");
        await server.EnqueueAsync("test.wait");

        List<(Guid, string)> seen = [];
        await foreach (EventView entry in server.Admin.EventsAsync(mine, after: 0, Cancel))
        {
            seen.Add((entry.JobId, entry.Event));
            if (seen.Count == 1)
                await server.Admin.CancelJobAsync(mine, "seen enough", Cancel);
            else
                break;
        }

        Assert.Equal([(mine, "job.created"), (mine, "job.cancelled")], seen);
    }

    [Fact]
    public async Task More_events_than_one_read_takes_arrive_in_order()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        for (int i = 0; i < 600; i++)
            await server.Admin.EnqueueAsync(new JobRequest("test.wait"), Cancel);

        List<long> ids = [];
        await foreach (EventView entry in server.Admin.EventsAsync(null, after: 0, Cancel))
        {
            ids.Add(entry.Id);
            if (ids.Count == 600)
                break;
        }

        Assert.Equal(Enumerable.Range(1, 600).Select(id => (long)id), ids);
    }

    [Fact]
    public async Task A_cursor_that_is_no_number_is_refused()
    {
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false);
        (int status, var problem, _) = await server.SendAsync(
            HttpMethod.Get, "/events", change: request => request.Headers.Add("Last-Event-ID", "yesterday"));
        Assert.Equal((400, "parameter-out-of-range"), (status, problem?.Code));
    }

    [Fact]
    public async Task A_stopping_server_ends_its_streams_at_once()
    {
        ServerUnderTest server = await ServerUnderTest.StartAsync(runWorkers: false, sockets: true);
        await using RawStream stream = await RawStream.OpenAsync(server, "/events");
        await stream.BlockAsync();

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        Assert.Empty(await stream.BlockAsync());
    }

    /// <summary>A stream line by line: what a browser's EventSource gets.</summary>
    private sealed class RawStream(HttpClient http, HttpResponseMessage response, StreamReader reader) : IAsyncDisposable
    {
        public static async Task<RawStream> OpenAsync(ServerUnderTest server, string path, params (string Name, string Value)[] headers)
        {
            HttpClient http = server.Http(Penstock.Server.Workspaces.LocalToken.TryRead(server.Workspace));
            using HttpRequestMessage request = new(HttpMethod.Get, path);
            foreach ((string name, string value) in headers)
                request.Headers.Add(name, value);
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            return new RawStream(http, response, new StreamReader(await response.Content.ReadAsStreamAsync(Cancel), Encoding.UTF8));
        }

        /// <summary>The lines up to the next empty one; none when the stream has ended.</summary>
        public async Task<string[]> BlockAsync()
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            List<string> lines = [];
            while (await reader.ReadLineAsync(limit.Token) is { Length: > 0 } line)
                lines.Add(line);
            return [.. lines];
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            response.Dispose();
            http.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
