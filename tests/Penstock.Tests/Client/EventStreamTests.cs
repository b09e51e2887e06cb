using System.Net;
using System.Text;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Client.Events;
using Xunit;

namespace Penstock.Tests.Client;

/// <summary>The client's side of the live stream, against a server that breaks off.</summary>
public sealed class EventStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broken_stream_is_taken_up_behind_the_last_event()
    {
        using ScriptedServer server = new(
            "retry: 1000\nid: 7\n\n" + Event(8) + Event(9) + ": heartbeat\n\nid: 10\ndata: {\"half", Event(10) + Event(11));
        List<long> seen = await ReadAsync(server, after: null, count: 4);

        Assert.Equal([8, 9, 10, 11], seen);
        Assert.Equal(["/events", "/events?after=9"], server.Asked);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_its_first_event_resumes_where_it_was_opened()
    {
        using ScriptedServer server = new("id: 41\n\n", Event(42));
        Assert.Equal([42], await ReadAsync(server, after: null, count: 1));
        Assert.Equal(["/events", "/events?after=41"], server.Asked);
    }

    [Fact]
    public async Task Data_on_several_lines_is_one_event()
    {
        string[] halves = Event(5).Split("\"event\"");
        using ScriptedServer server = new(halves[0] + "\ndata: \"event\"" + halves[1]);
        Assert.Equal([5], await ReadAsync(server, after: 0, count: 1));
    }

    [Fact]
    public async Task A_refusal_is_told_and_not_tried_again()
    {
        using ScriptedServer server = new();
        PenstockApiException refusal = await Assert.ThrowsAsync<PenstockApiException>(() => ReadAsync(server, after: 0, count: 1));
        Assert.Equal("http-410", refusal.Code);
        Assert.Single(server.Asked);
    }

    [Fact]
    public async Task Nobody_at_the_address_is_told_with_what_to_do()
    {
        PenstockClient client = PenstockClient.Connect(new Uri("http://127.0.0.1:1"), "token");
        ServerUnreachableException error = await Assert.ThrowsAsync<ServerUnreachableException>(() => client.HealthAsync(Cancel));
        Assert.Equal("server-unreachable", error.Code);
        Assert.Contains("http://127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Contains("penstock up", error.Message, StringComparison.Ordinal);
    }

    private static async Task<List<long>> ReadAsync(ScriptedServer server, long? after, int count)
    {
        using HttpClient http = new(server, disposeHandler: false) { BaseAddress = new Uri("http://server") };
        List<long> seen = [];
        await foreach (EventView entry in new PenstockClient(http).EventsAsync(null, after, Cancel))
        {
            seen.Add(entry.Id);
            if (seen.Count == count)
                break;
        }
        return seen;
    }

    private static string Event(long id) =>
        $"id: {id}\nevent: job.created\ndata: {{\"id\":{id},\"job_id\":\"01939f8e-0000-7000-8000-000000000000\"," +
        "\"ts\":\"2026-03-01T12:00:00Z\",\"level\":\"info\",\"event\":\"job.created\",\"message\":null,\"fields\":{}}\n\n";

    /// <summary>Answers one text per connection, then 410.</summary>
    private sealed class ScriptedServer(params string[] connections) : HttpMessageHandler
    {
        public List<string> Asked { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.PathAndQuery);
            bool scripted = Asked.Count <= connections.Length;
            return Task.FromResult(new HttpResponseMessage(scripted ? HttpStatusCode.OK : HttpStatusCode.Gone)
            {
                Content = new StringContent(scripted ? connections[Asked.Count - 1] : "gone", Encoding.UTF8, "text/event-stream"),
                RequestMessage = request,
            });
        }
    }
}
