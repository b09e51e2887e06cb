using Penstock.Engine.Transport;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>What the engine expects of everything that wakes workers: two places that share a store, "here" and "there".</summary>
public abstract class WakeUpConformance : IAsyncLifetime
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(150);

    private IWakeUps _here = null!;
    private IWakeUps _there = null!;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two ends that are connected when this returns; within one process they are the same.</summary>
    protected abstract Task<(IWakeUps Here, IWakeUps There)> ConnectAsync();

    public async ValueTask InitializeAsync() => (_here, _there) = await ConnectAsync();

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (IWakeUps end in new[] { _here, _there }.Where(e => e is not null).Distinct())
        {
            if (end is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }
    }

    [Fact]
    public void Listeners_of_the_same_place_hear_before_the_call_returns()
    {
        using Listening ear = new(_here, "q");
        _here.QueueReady("q");
        _here.LeasesChanged();
        _here.EventsWritten();
        Assert.Equal(["queue q", "leases", "events"], ear.SoFar);
    }

    [Fact]
    public async Task Another_place_hears_of_a_queue_it_works()
    {
        using Listening ear = new(_there, "q");
        _here.QueueReady("q");
        await ear.UntilAsync("queue q", Cancel);
    }

    [Fact]
    public async Task Another_place_hears_of_leases_and_events()
    {
        using Listening ear = new(_there);
        _here.LeasesChanged();
        await ear.UntilAsync("leases", Cancel);
        _here.EventsWritten();
        await ear.UntilAsync("events", Cancel);
    }

    [Fact]
    public async Task A_burst_over_many_queues_loses_none_and_is_told_in_few_words()
    {
        string[] queues = [.. Enumerable.Range(0, 5).Select(i => $"burst-{i}")];
        using Listening ear = new(_there, queues);
        int before = ear.SoFar.Count;
        for (int i = 0; i < 10_000; i++)
            _here.QueueReady(queues[i % queues.Length]);
        foreach (string queue in queues)
            await ear.UntilAsync($"queue {queue}", Cancel);
        if (!ReferenceEquals(_here, _there))
            Assert.InRange(ear.SoFar.Count - before, queues.Length, 5_000);
    }

    [Fact]
    public async Task Who_is_no_longer_subscribed_hears_nothing()
    {
        Listening gone = new(_there, "q");
        gone.Dispose();
        using Listening stays = new(_there, "q");
        _here.QueueReady("q");
        await stays.UntilAsync("queue q", Cancel);
        Assert.DoesNotContain("queue q", gone.SoFar);
        gone.Dispose(); // Once more does no harm.
    }

    [Fact]
    public async Task Telling_of_claims_is_always_allowed_and_wake_ups_go_on()
    {
        using Listening ear = new(_there, "q");
        for (int round = 0; round < 5; round++)
        {
            long heard = _there.Heard;
            _there.Claimed(new ClaimNotice(["q", "never-heard-of"], heard, IsFull: false));
            ear.Forget();
            _here.QueueReady("q");
            await ear.UntilAsync("queue q", Cancel);
        }
    }

    [Fact]
    public async Task Who_has_no_room_is_woken_again_once_there_is()
    {
        using Listening ear = new(_there, "q");
        _there.Claimed(new ClaimNotice(["q"], _there.Heard, IsFull: true));
        await Task.Delay(Silence, TimeProvider.System, Cancel);
        _there.Claimed(new ClaimNotice(["q"], _there.Heard, IsFull: false));
        ear.Forget();
        _here.QueueReady("q");
        await ear.UntilAsync("queue q", Cancel);
    }

    [Fact]
    public async Task The_count_of_what_was_heard_never_falls_and_is_up_before_a_listener_hears()
    {
        long last = _there.Heard;
        List<long> seen = [];
        using Listening ear = new(_there, "q") { OnWord = () => seen.Add(_there.Heard) };
        for (int i = 0; i < 20; i++)
        {
            _here.QueueReady("q");
            await ear.UntilAsync("queue q", Cancel);
            ear.Forget();
            _there.Claimed(new ClaimNotice(["q"], _there.Heard, IsFull: false));
            Assert.True(_there.Heard >= last);
            last = _there.Heard;
        }
        Assert.Equal(seen.Order(), seen);
    }
}
