using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.RabbitMq;
using Penstock.Testing;
using RabbitMQ.Client;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>Engines that share a store and are connected by nothing but a real broker.</summary>
public sealed class RabbitMqWorkerTests
{
    /// <summary>Far above what a wake-up takes (some milliseconds), far below the poll interval of these tests (20 s).</summary>
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_enqueued_on_one_host_starts_on_another_long_before_it_would_look()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using Fleet fleet = new(() => broker.Options(vhost));
        TestEngine api = await fleet.AddAsync("api");
        await fleet.AddAsync("worker", slots: 2);
        List<double> waits = [];
        List<Guid> jobs = [];
        for (int i = 0; i < 20; i++)
        {
            jobs.Add(await Fleet.EnqueueAsync(api));
            waits.Add((await fleet.BegunAsync(jobs[^1], Fast)).Waited.TotalMilliseconds);
            await api.WaitForEndAsync(jobs[^1]);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"from commit to start: median {waits.Order().ElementAt(10):F1} ms, worst {waits.Max():F1} ms");
        await fleet.AssertEachRanOnceAsync(api, jobs);
    }

    [Fact]
    public async Task A_host_without_room_leaves_the_wake_up_to_one_that_has_some()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using Fleet fleet = new(() => broker.Options(vhost));
        TestEngine api = await fleet.AddAsync("api");
        await fleet.AddAsync("busy", slots: 1);
        Guid blocker = await Fleet.EnqueueAsync(api, waits: true);
        await fleet.BegunAsync(blocker, Fast);
        await fleet.AddAsync("idle", slots: 1);
        List<Guid> jobs = [blocker];
        for (int i = 0; i < 6; i++)
        {
            jobs.Add(await Fleet.EnqueueAsync(api));
            Assert.Equal("idle", (await fleet.BegunAsync(jobs[^1], Fast)).Host);
            await api.WaitForEndAsync(jobs[^1]);
        }
        fleet.Gate.SetResult();
        await fleet.AssertEachRanOnceAsync(api, jobs);
    }

    [Fact]
    public async Task One_burst_reaches_every_host_although_it_is_told_in_one_message()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using Fleet fleet = new(() => broker.Options(vhost));
        TestEngine api = await fleet.AddAsync("api");
        foreach (string host in (string[])["one", "two", "three"])
            await fleet.AddAsync(host, slots: 2);
        IReadOnlyList<Guid> jobs = await Fleet.EnqueueManyAsync(api, 24, milliseconds: 200);
        foreach (Guid job in jobs)
            await fleet.BegunAsync(job, TimeSpan.FromSeconds(15));
        Assert.Equal(["one", "three", "two"], fleet.Runs.Select(run => run.Host).Distinct().Order());
        await fleet.AssertEachRanOnceAsync(api, jobs);
    }

    [Fact]
    public async Task A_wake_up_is_answered_after_the_claim_and_goes_to_another_process_if_there_was_none()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using RabbitMqWakeUps sender = broker.Connect(vhost);
        RabbitMqWakeUps dies = broker.Connect(vhost);
        await sender.UntilConnectedAsync();
        await dies.UntilConnectedAsync();
        Listening first = new(dies, "q");
        sender.QueueReady("q");
        await first.UntilAsync("queue q", Cancel);
        await using RabbitMqWakeUps lives = broker.Connect(vhost);
        await lives.UntilConnectedAsync();
        using Listening second = new(lives, "q");
        await broker.UntilQueueAsync(vhost, "q", "consumers", 2);
        Assert.Equal(1, await broker.OfQueueAsync(vhost, "q", "messages_unacknowledged"));
        second.Forget(); // What it looked for when it connected.
        await dies.DisposeAsync(); // It never claimed.
        await second.UntilAsync("queue q", Cancel);
        lives.Claimed(new ClaimNotice(["q"], lives.Heard, IsFull: false));
        await broker.UntilQueueAsync(vhost, "q", "messages", 0);
    }

    [Fact]
    public async Task A_claim_that_began_before_a_wake_up_does_not_answer_it()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using RabbitMqWakeUps sender = broker.Connect(vhost);
        await using RabbitMqWakeUps worker = broker.Connect(vhost);
        await sender.UntilConnectedAsync();
        await worker.UntilConnectedAsync();
        using Listening ear = new(worker, "q");
        long before = worker.Heard;
        sender.QueueReady("q");
        await ear.UntilAsync("queue q", Cancel);
        worker.Claimed(new ClaimNotice(["q"], before, IsFull: false));
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Cancel);
        Assert.Equal(1, await broker.OfQueueAsync(vhost, "q", "messages_unacknowledged"));
        worker.Claimed(new ClaimNotice(["q"], worker.Heard, IsFull: false));
        await broker.UntilQueueAsync(vhost, "q", "messages", 0);
    }

    [Fact]
    public async Task What_is_no_wake_up_ends_in_the_review_of_dead_letters_and_stops_nobody()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using Fleet fleet = new(() => broker.Options(vhost));
        TestEngine api = await fleet.AddAsync("api");
        await fleet.AddAsync("worker", slots: 1);
        await broker.UntilQueueAsync(vhost, Fleet.Queue, "consumers", 1);
        string[] nonsense = ["", "not json", "null", "[]", """{"kind":"queue"}""", """{"kind":"order","from":"x"}""", """{"kind":7}""", "\0"];
        await broker.PublishAsync(vhost, "penstock.wake", Fleet.Queue, nonsense);
        IReadOnlyList<DeadLetter> letters = await UntilReviewedAsync(api, nonsense.Length);
        Assert.All(letters, l => Assert.Equal(("penstock.report_message", "message-undecodable"), (l.Operation, l.ErrorCode)));
        Assert.All(letters, l => Assert.Contains(Fleet.Queue, l.Payload, StringComparison.Ordinal));
        Assert.Contains(letters, l => l.Payload.Contains("not json", StringComparison.Ordinal));
        // By this key a message is stored once, although its acknowledgement may get lost.
        List<Job> reports = [];
        foreach (DeadLetter letter in letters)
            reports.Add((await api.Reader.FindAsync(letter.JobId, Cancel))!);
        Assert.All(reports, r => Assert.StartsWith($"undecodable:{Fleet.Queue}:", r.IdempotencyKey, StringComparison.Ordinal));
        await broker.UntilQueueAsync(vhost, "protea.dead-letter", "messages", 0);
        Guid job = await Fleet.EnqueueAsync(api);
        await fleet.BegunAsync(job, Fast);
        await fleet.AssertEachRanOnceAsync(api, [job]);
        await broker.UntilQueueAsync(vhost, Fleet.Queue, "messages", 0);
    }

    [Fact]
    public async Task A_message_that_a_person_corrects_and_redrives_wakes_the_queue_it_was_meant_for()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using Fleet fleet = new(() => broker.Options(vhost)) { Poll = TimeSpan.FromSeconds(1) };
        TestEngine engine = await fleet.AddAsync("only", slots: 1);
        await broker.UntilQueueAsync(vhost, Fleet.Queue, "consumers", 1);
        await broker.PublishAsync(vhost, "penstock.wake", Fleet.Queue, """{"kind":"queue"}""");
        DeadLetter letter = (await UntilReviewedAsync(engine, 1))[0];
        using Listening ear = new(Fleet.TransportOf(engine), "meant");
        ear.Forget();
        string corrected = JsonSerializer.Serialize(new
        {
            queue = Fleet.Queue, body = """{"kind":"queue","from":"a person","queue":"meant"}""", encoding = "utf-8", size_bytes = 0,
        });
        await engine.Services.GetRequiredService<IDeadLetterStore>().EditAsync(letter.Id, corrected, null, "a person", Cancel);
        await engine.Client.RedriveAsync(letter.Id, "a person", Cancel);
        await ear.UntilAsync("queue meant", Cancel);
        Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(letter.JobId)).Status);
    }

    [Fact]
    public async Task Nobody_to_read_keeps_the_queue_of_wake_ups_short_and_the_publisher_alive()
    {
        (SharedBroker broker, string vhost) = await NewAsync();
        await using RabbitMqWakeUps sender = broker.Connect(vhost);
        await sender.UntilConnectedAsync();
        for (int i = 0; i < 400; i++)
        {
            sender.QueueReady("lonely");
            await Task.Delay(TimeSpan.FromMilliseconds(6), TimeProvider.System, Cancel);
        }
        Assert.InRange(await broker.OfQueueAsync(vhost, "lonely", "messages"), 50, 120);
        Assert.Equal(1, sender.State.Connections);
        Assert.Equal(0, await broker.OfQueueAsync(vhost, "protea.dead-letter", "messages"));
        using Listening ear = new(sender, "lonely");
        await broker.UntilQueueAsync(vhost, "lonely", "consumers", 1);
        for (int i = 0; i < 200 && await broker.OfQueueAsync(vhost, "lonely", "messages") > 0; i++)
            sender.Claimed(new ClaimNotice(["lonely"], sender.Heard, IsFull: false));
        await broker.UntilQueueAsync(vhost, "lonely", "messages", 0, () => sender.Claimed(new ClaimNotice(["lonely"], sender.Heard, IsFull: false)));
    }

    private static async Task<IReadOnlyList<DeadLetter>> UntilReviewedAsync(TestEngine engine, int count)
    {
        IReadOnlyList<DeadLetter> letters = [];
        for (long began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30);)
        {
            if ((letters = await engine.Reader.DeadLettersAsync(new DeadLetterFilter("pending"), Cancel)).Count >= count)
                break;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }
        Assert.Equal(count, letters.Count);
        return letters;
    }

    private static async Task<(SharedBroker Broker, string VirtualHost)> NewAsync()
    {
        SharedBroker broker = await SharedBroker.GetAsync();
        return (broker, await broker.NewVirtualHostAsync());
    }
}
