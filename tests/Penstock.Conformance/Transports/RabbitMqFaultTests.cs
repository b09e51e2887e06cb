using Penstock.RabbitMq;
using Penstock.Testing;
using Penstock.Testing.Servers;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>What happens to the broker happens to wake-ups only: every job runs, once, and once it is back they are fast again.</summary>
public sealed class RabbitMqFaultTests
{
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Faults => ["purge", "delete", "close", "stop", "kill"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Under_load_nothing_is_lost_nor_run_twice_and_wake_ups_come_back(string fault)
    {
        SharedBroker.RequireProgram();
        // Stopping and killing take a broker of the test's own.
        bool isOwn = fault is "stop" or "kill";
        await using RabbitMqBroker? own = isOwn ? await RabbitMqBroker.StartAsync() : null;
        SharedBroker broker = own is null ? await SharedBroker.GetAsync() : SharedBroker.Of(own);
        string vhost = isOwn ? "/" : await broker.NewVirtualHostAsync();
        await using Fleet fleet = new(() => broker.Options(vhost)) { Poll = TimeSpan.FromSeconds(1) };
        TestEngine api = await fleet.AddAsync("api");
        await fleet.AddAsync("one", slots: 2);
        TestEngine worker = await fleet.AddAsync("two", slots: 2);

        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<List<Guid>> load = LoadAsync(api, enough.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancel);
        await InjectAsync(fault, broker.Server, vhost);
        foreach (RabbitMqWakeUps end in new[] { Fleet.TransportOf(api), Fleet.TransportOf(worker) })
            await end.UntilAsync(e => e.IsConnected && (fault is "purge" or "delete" || e.State.Connections > 1), $"it is back after {fault}");
        await UntilFastAsync(fleet, api);
        await enough.CancelAsync();
        List<Guid> jobs = [.. await load, .. fleet.Runs.Select(run => run.JobId)];
        jobs = [.. jobs.Distinct()];
        Assert.True(jobs.Count > 20);
        await fleet.AssertEachRanOnceAsync(api, jobs);

        // Beyond the next look of a worker by itself: nothing but a wake-up makes all of these start this soon.
        List<double> waits = [];
        for (int i = 0; i < 15; i++)
        {
            Guid job = await Fleet.EnqueueAsync(api);
            waits.Add((await fleet.BegunAsync(job, Fast)).Waited.TotalMilliseconds);
            await api.WaitForEndAsync(job);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: {jobs.Count} jobs; afterwards median {waits.Order().ElementAt(7):F1} ms, worst {waits.Max():F1} ms");
        Assert.True(waits.Order().ElementAt(7) < 200, string.Join(", ", waits.Select(w => $"{w:F0}")));
    }

    [Fact]
    public async Task Without_a_broker_the_program_works_and_finds_it_when_it_comes()
    {
        SharedBroker.RequireProgram();
        await using RabbitMqBroker server = await RabbitMqBroker.StartAsync();
        await server.KillAsync();
        SharedBroker broker = SharedBroker.Of(server);
        await using RabbitMqWakeUps wakeUps = broker.Connect("/");
        await wakeUps.UntilAsync(w => w.State.LastErrorCode is not null, "the failure is seen");
        Assert.Equal("broker-unreachable", wakeUps.State.LastErrorCode);
        using Listening ear = new(wakeUps, "q");
        wakeUps.QueueReady("q"); // Heard here, kept for the broker.
        Assert.Equal(["queue q"], ear.SoFar);
        await server.StartAgainAsync();
        await wakeUps.UntilConnectedAsync();
        await wakeUps.UntilAsync(w => w.Confirmed > 0, "what was kept is told");
        await broker.UntilQueueAsync("/", "q", "consumers", 1);
    }

    [Fact]
    public async Task A_wrong_password_a_forbidden_host_and_a_closed_port_are_told_apart_and_end_nothing()
    {
        SharedBroker broker = await SharedBroker.GetAsync();
        await CheckAsync(broker.Options("/") with { Password = "wrong-and-secret" }, "broker-refused", "'guest'");
        await CheckAsync(broker.Options("no-such-vhost"), "broker-refused", "no-such-vhost");
        await CheckAsync(broker.Options("/") with { Port = 1 }, "broker-unreachable", "127.0.0.1:1");
        await CheckAsync(broker.Options("/") with { Host = "host.invalid" }, "broker-unreachable", "host.invalid");
        await CheckAsync(broker.Options("/") with { Tls = true, AnswerTimeout = TimeSpan.FromSeconds(2) }, "broker-tls-failed", "amqps://");
    }

    [Fact]
    public async Task A_queue_of_another_program_is_left_alone_and_the_other_queues_work()
    {
        SharedBroker broker = await SharedBroker.GetAsync();
        string vhost = await broker.NewVirtualHostAsync();
        await broker.DeclareClassicQueueAsync(vhost, "taken");
        await using RabbitMqWakeUps here = broker.Connect(vhost);
        await using RabbitMqWakeUps there = broker.Connect(vhost);
        await here.UntilConnectedAsync();
        await there.UntilConnectedAsync();
        using Listening ear = new(there, "taken", "free");
        for (int i = 0; i < 3; i++)
        {
            ear.Forget();
            here.QueueReady("taken");
            here.QueueReady("free");
            await ear.UntilAsync("queue free", Cancel);
            there.Claimed(new Engine.Transport.ClaimNotice(["taken", "free"], there.Heard, IsFull: false));
        }
        Assert.DoesNotContain("queue taken", ear.SoFar);
        Assert.Equal((1, 1), (here.State.Connections, there.State.Connections));
        Assert.Equal(0, await broker.OfQueueAsync(vhost, "taken", "messages"));
    }

    private static async Task CheckAsync(RabbitMqOptions options, string code, string shows)
    {
        await using RabbitMqWakeUps wakeUps = options.Connect();
        await wakeUps.UntilAsync(w => w.State.LastErrorCode is not null, "the failure is seen");
        Assert.Equal(code, wakeUps.State.LastErrorCode);
        Assert.Contains(shows, wakeUps.State.LastError, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wakeUps.State.LastError, StringComparison.Ordinal);
        Assert.False(wakeUps.IsConnected);
        using Listening ear = new(wakeUps, "q");
        wakeUps.QueueReady("q");
        Assert.Equal(["queue q"], ear.SoFar);
    }

    /// <summary>A killed broker may have lost its queues, which the transport finds out by its timeouts.</summary>
    private static async Task UntilFastAsync(Fleet fleet, TestEngine api)
    {
        int fast = 0;
        for (int i = 0; i < 400 && fast < 10; i++)
        {
            Guid job = await Fleet.EnqueueAsync(api);
            fast = (await fleet.BegunAsync(job, TimeSpan.FromSeconds(10))).Waited < TimeSpan.FromMilliseconds(100) ? fast + 1 : 0;
        }
    }

    private static async Task<List<Guid>> LoadAsync(TestEngine api, CancellationToken until)
    {
        List<Guid> jobs = [];
        while (!until.IsCancellationRequested)
        {
            jobs.Add(await Fleet.EnqueueAsync(api));
            await Task.Delay(TimeSpan.FromMilliseconds(15), TimeProvider.System, Cancel);
        }
        return jobs;
    }

    private static async Task InjectAsync(string fault, RabbitMqBroker server, string vhost)
    {
        switch (fault)
        {
            case "purge":
                await server.ControlAsync("purge_queue", "-p", vhost, Fleet.Queue);
                break;
            case "delete":
                await server.ControlAsync("delete_queue", "-p", vhost, Fleet.Queue);
                break;
            case "close":
                await server.ControlAsync("close_all_connections", "-p", vhost, "--global", "a test");
                break;
            case "stop":
                await server.StopAsync();
                await server.StartAgainAsync();
                break;
            case "kill":
                await server.KillAsync();
                await server.StartAgainAsync();
                break;
        }
    }
}
