using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Penstock.Engine.Transport;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Engine.Transport;

/// <summary>Wake-ups between processes; here two instances in one, each with a socket of its own.</summary>
public sealed class NeighbourWakeUpsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_neighbour_hears_of_queues_leases_and_events()
    {
        string folder = TestFolder.New();
        await using NeighbourWakeUps here = New(folder, hearsEvents: false);
        await using NeighbourWakeUps there = New(folder, hearsEvents: true);
        Heard heard = new(there);
        here.QueueReady("a queue");
        here.LeasesChanged();
        here.EventsWritten();
        Assert.Equal(["events", "leases", "queue a queue"], await heard.NextAsync(3));
    }

    [Fact]
    public async Task A_worker_hears_nothing_of_events_alone()
    {
        string folder = TestFolder.New();
        await using NeighbourWakeUps here = New(folder, hearsEvents: true);
        await using NeighbourWakeUps worker = New(folder, hearsEvents: false);
        await using NeighbourWakeUps server = New(folder, hearsEvents: true);
        Heard byWorker = new(worker);
        Heard byServer = new(server);
        here.EventsWritten();
        Assert.Equal(["events"], await byServer.NextAsync(1));
        here.QueueReady("q");
        Assert.Equal(["queue q"], await byWorker.NextAsync(1));
    }

    [Fact]
    public async Task Listeners_of_the_same_process_hear_at_once_and_without_a_socket()
    {
        await using NeighbourWakeUps alone = New(Path.Combine("/proc", "no-folder-can-be-made-here"), hearsEvents: true);
        Assert.False(alone.IsConnected);
        Heard heard = new(alone);
        alone.QueueReady("q");
        Assert.Equal(["queue q"], heard.SoFar);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task What_a_killed_process_left_is_removed_and_a_stopped_one_takes_its_socket_along()
    {
        string folder = TestFolder.New();
        string dead = Path.Combine(folder, "1-dead.sock");
        await File.WriteAllTextAsync(dead, "", Cancel); // A name nobody is bound to, as a killed process leaves it.
        await using (NeighbourWakeUps here = New(folder, hearsEvents: false))
        {
            await using NeighbourWakeUps there = New(folder, hearsEvents: false);
            Assert.All(Directory.GetFiles(folder).Where(f => f != dead), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
            Heard heard = new(there);
            here.QueueReady("q");
            await heard.NextAsync(1);
            while (File.Exists(dead))
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        }
        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task A_burst_is_told_in_few_messages_and_loses_no_queue()
    {
        string folder = TestFolder.New();
        await using NeighbourWakeUps here = New(folder, hearsEvents: false);
        await using NeighbourWakeUps there = New(folder, hearsEvents: false);
        Heard heard = new(there);
        for (int i = 0; i < 10_000; i++)
            here.QueueReady($"q{i % 3}");
        while (heard.SoFar.Distinct().Count() < 3)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
        Assert.InRange(heard.SoFar.Count, 3, 5_000);
    }

    private static NeighbourWakeUps New(string folder, bool hearsEvents) =>
        new(new NeighbourOptions(folder, hearsEvents), TimeProvider.System, LoggerFactory.Create(_ => { }).CreateLogger<NeighbourWakeUps>());

    private sealed class Heard : IWakeUpListener
    {
        private readonly Channel<string> _words = Channel.CreateUnbounded<string>();
        private readonly ConcurrentQueue<string> _all = new();

        public Heard(IWakeUps wakeUps) => wakeUps.Subscribe(this);

        public IReadOnlyCollection<string> SoFar => _all;

        /// <summary>The next words, sorted: what comes in one message has no order.</summary>
        public async Task<string[]> NextAsync(int count)
        {
            List<string> words = [];
            while (words.Count < count)
                words.Add(await _words.Reader.ReadAsync(Cancel));
            return [.. words.Order()];
        }

        public void OnQueueReady(string queueName) => Note($"queue {queueName}");

        public void OnLeasesChanged() => Note("leases");

        public void OnEventsWritten() => Note("events");

        private void Note(string word)
        {
            _all.Enqueue(word);
            _words.Writer.TryWrite(word);
        }
    }
}
