using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Resources, keys and rates: never more than allowed, in order, and nothing waits for what is free.</summary>
public abstract class LimitConformance : StoreConformance
{
    private static readonly string[] Queues = ["work", "other", "keyed", "rated", "items"];

    protected override PenstockBuilder Configure(PenstockBuilder builder) => builder
        .AddResource("gpu", 1)
        .AddResource("licence", 3)
        .AddResource("service", 10, new RateLimit(2, TimeSpan.FromSeconds(10)))
        .AddQueue(new QueueDefinition("keyed") { MaxRunningPerKey = 1, RatePerKey = new RateLimit(2, TimeSpan.FromMinutes(1)) })
        .AddQueue(new QueueDefinition("rated") { Rate = new RateLimit(3, TimeSpan.FromSeconds(10)) })
        .AddOperation<Nothing>("train", "work", "Needs the GPU.", resources: Needs("gpu", 1))
        .AddOperation<Nothing>("render", "other", "Needs the GPU and two licences.", resources: new Dictionary<string, int> { ["gpu"] = 1, ["licence"] = 2 })
        .AddOperation<Nothing>("ask", "work", "Asks a service.", resources: Needs("service", 1))
        .AddOperation<Nothing>("keyed", "keyed", "Is told apart by its key.")
        .AddOperation<Nothing>("rated", "rated", "May not start often.")
        .AddItemOperation<NothingItem>("licensed", "items", "Needs a licence.", resources: Needs("licence", 1));

    private IResourceReader Resources => Engine.Services.GetRequiredService<IResourceReader>();

    [Fact]
    public async Task A_resource_is_held_by_one_at_a_time_and_the_next_in_order_gets_it()
    {
        List<Guid> jobs = [await EnqueueAsync("train"), await EnqueueAsync("train"), await EnqueueAsync("train")];
        Guid free = await EnqueueAsync("nothing");
        Exchange first = await TakeAsync("worker-a");
        Assert.Equal([jobs[0], free], Ids(first));
        Assert.Empty(Ids(await TakeAsync("worker-b")));
        Assert.Equal((1, 2), Use(await ResourceAsync("gpu")));

        Assert.Equal([jobs[1]], Ids(await TakeAsync("worker-b", Succeeded((JobLease)first.Leases[0]))));
        Assert.Equal((1, 1), Use(await ResourceAsync("gpu")));
        Assert.Equal([jobs[1]], (await ResourceAsync("gpu")).Holders.Select(h => h.JobId));
    }

    [Fact]
    public async Task A_higher_priority_goes_before_those_that_wait_longer()
    {
        Exchange first = await TakeOneAsync("train");
        await EnqueueAsync("train");
        await TakeAsync("worker-b"); // It is parked.
        Guid urgent = await EnqueueAsync("train", job => job with { Priority = 5 });
        Assert.Equal([urgent], Ids(await TakeAsync("worker-b", Succeeded((JobLease)first.Leases[0]))));
    }

    [Fact]
    public async Task A_job_takes_all_it_needs_or_nothing()
    {
        Exchange gpu = await TakeOneAsync("train");
        Guid render = await EnqueueAsync("render");
        Guid licences = await EnqueueAsync("nothing", job => job with { Resources = Needs("licence", 3) });
        Exchange taken = await TakeAsync("worker-b");
        Assert.Equal([licences], Ids(taken)); // The other holds no licence while it waits for the GPU.

        Assert.Empty(Ids(await TakeAsync("worker-b", Succeeded((JobLease)gpu.Leases[0]))));
        Assert.Equal([render], Ids(await TakeAsync("worker-b", Succeeded((JobLease)taken.Leases[0]))));
    }

    [Fact]
    public async Task Whatever_ends_a_claim_frees_its_resource_in_the_same_instant()
    {
        Exchange first = await TakeOneAsync("train");
        Guid second = await EnqueueAsync("train");
        await TakeAsync("worker-b");
        await Engine.Client.CancelAsync(((JobLease)first.Leases[0]).JobId, null, Cancel);
        Assert.Equal([second], Ids(await TakeAsync("worker-b")));

        Guid third = await EnqueueAsync("train");
        await TakeAsync("worker-a");
        await RecoverAsync("worker-b");
        Assert.Equal([second], Ids(await TakeAsync("worker-a"))); // Back first, for it was enqueued first.
        Assert.Equal((1, 1), Use(await ResourceAsync("gpu")));
        Assert.DoesNotContain(third, (await ResourceAsync("gpu")).Holders.Select(h => h.JobId));
    }

    [Fact]
    public async Task A_paused_queue_does_not_keep_a_resource_from_the_others()
    {
        Exchange first = await TakeOneAsync("train");
        await EnqueueAsync("train");
        Guid render = await EnqueueAsync("render");
        await TakeAsync("worker-b");
        await Controls.PauseAsync("work", "ada", null, Cancel);
        Assert.Equal([render], Ids(await TakeAsync("worker-b", Succeeded((JobLease)first.Leases[0]))));
    }

    [Fact]
    public async Task Items_of_a_batch_need_what_their_operation_needs()
    {
        await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        JobOutcome.Dispatched plan = new("{}", ["licensed"], ["{}", "{}", "{}", "{}", "{}"], null, 0);
        StageDraft stage = new("licensed", "items") { Resources = "{\"licence\":1}" };
        Assert.True(await FinishAsync(new Completion.JobReturned(lease, plan, null, [stage])));

        Exchange taken = await TakeAsync("worker-a");
        Assert.Equal(3, taken.Leases.Count);
        Assert.Equal((3, 2), Use(await ResourceAsync("licence")));
        await FinishAsync(Returned((ItemLease)taken.Leases[0]));
        Assert.Equal(3, ((ItemLease)Assert.Single((await TakeAsync("worker-b")).Leases)).ItemIndex);
    }

    [Fact]
    public async Task Jobs_with_the_same_key_run_one_after_another_and_not_more_often_than_the_key_may()
    {
        Guid[] same = [await KeyedAsync("a"), await KeyedAsync("a"), await KeyedAsync("a")];
        Guid other = await KeyedAsync("b");
        Exchange first = await TakeAsync("worker-a");
        Assert.Equal([same[0], other], Ids(first));
        Exchange second = await TakeAsync("worker-a", Succeeded((JobLease)first.Leases[0]));
        Assert.Equal([same[1]], Ids(second));

        DateTimeOffset freeAt = Time.GetUtcNow() + TimeSpan.FromMinutes(1);
        Exchange third = await TakeAsync("worker-a", Succeeded((JobLease)second.Leases[0]));
        Assert.Empty(third.Leases);
        Assert.Equal(freeAt, (await TakeAsync("worker-a")).LookAgainAt);
        Time.Advance(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        await Store.BeatAsync(Beat("worker-a"), Cancel);
        Assert.Empty((await TakeAsync("worker-a")).Leases);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([same[2]], Ids(await TakeAsync("worker-a")));
    }

    [Fact]
    public async Task A_queue_starts_no_more_than_its_rate_in_any_window()
    {
        for (int i = 0; i < 7; i++)
            await EnqueueAsync("rated");
        Assert.Single((await TakeAsync("worker-a", limit: 1)).Leases);
        Time.Advance(TimeSpan.FromSeconds(4));
        Exchange two = await TakeAsync("worker-a");
        Assert.Equal(2, two.Leases.Count);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromSeconds(6), two.LookAgainAt);
        Time.Advance(TimeSpan.FromSeconds(5.999));
        Assert.Empty((await TakeAsync("worker-a")).Leases);
        Time.Advance(TimeSpan.FromSeconds(0.001)); // The first leaves the window, the other two are in it.
        Assert.Single((await TakeAsync("worker-a")).Leases);
        Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(2, (await TakeAsync("worker-a")).Leases.Count);
    }

    [Fact]
    public async Task What_a_resource_may_start_is_limited_by_its_rate_too()
    {
        for (int i = 0; i < 5; i++)
            await EnqueueAsync("ask");
        Assert.Equal(2, (await TakeAsync("worker-a")).Leases.Count);
        Assert.Empty((await TakeAsync("worker-b")).Leases);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await TakeAsync("worker-b")).Leases.Count);
    }

    [Fact]
    public async Task Units_under_a_limit_are_not_claimed_ahead_of_free_slots()
    {
        for (int i = 0; i < 3; i++)
            await EnqueueAsync("nothing", job => job with { Resources = Needs("licence", 1) });
        Exchange taken = await Store.ExchangeAsync([], new ClaimRequest("worker-a", Queues, 100) { FreeSlots = 1 }, Cancel);
        Assert.Single(taken.Leases);
        Assert.True(taken.LeftForSlots);
        Assert.Equal(2, (await TakeAsync("worker-b")).Leases.Count);
    }

    [Fact]
    public async Task Stale_hints_among_the_parked_hold_nobody_up()
    {
        Exchange first = await TakeOneAsync("train");
        List<Guid> waiting = [];
        for (int i = 0; i < 5; i++)
            waiting.Add(await EnqueueAsync("train"));
        await TakeAsync("worker-b");
        foreach (Guid job in waiting.Take(4))
            await Engine.Client.CancelAsync(job, null, Cancel);
        Exchange next = await TakeAsync("worker-b", Succeeded((JobLease)first.Leases[0]));
        int claims = 1;
        for (; next.Leases.Count == 0 && next.More; claims++)
            next = await TakeAsync("worker-b");
        Assert.Equal([waiting[4]], Ids(next));
        Assert.InRange(claims, 1, 5); // Asked for again at once, without waiting for a poll.
    }

    [Fact]
    public async Task A_raised_capacity_lets_those_that_wait_go_on()
    {
        await TakeOneAsync("train");
        Guid second = await EnqueueAsync("train");
        await TakeAsync("worker-b");
        await Controls.DeclareResourcesAsync([new ResourceDefinition("gpu", 2)], Cancel);
        Assert.Equal([second], Ids(await TakeAsync("worker-b")));
    }

    [Fact]
    public async Task A_lowered_capacity_lets_nothing_start_until_enough_is_given_back()
    {
        List<Guid> jobs = [];
        for (int i = 0; i < 4; i++)
            jobs.Add(await EnqueueAsync("nothing", job => job with { Resources = Needs("licence", 1) }));
        Exchange three = await TakeAsync("worker-a");
        await Controls.DeclareResourcesAsync([new ResourceDefinition("licence", 1)], Cancel);
        Assert.Empty((await TakeAsync("worker-b", Succeeded((JobLease)three.Leases[0]))).Leases);
        Assert.Empty((await TakeAsync("worker-b", Succeeded((JobLease)three.Leases[1]))).Leases);
        Assert.Equal([jobs[3]], Ids(await TakeAsync("worker-b", Succeeded((JobLease)three.Leases[2]))));
    }

    [Fact]
    public async Task What_can_never_start_is_refused_at_the_door()
    {
        Assert.Equal("resource-unknown", (await Assert.ThrowsAsync<UnknownResourceException>(
            () => EnqueueAsync("nothing", job => job with { Resources = Needs("gpus", 1) }))).Code);
        Assert.Equal("resource-too-small", (await Assert.ThrowsAsync<ResourceTooSmallException>(
            () => EnqueueAsync("nothing", job => job with { Resources = Needs("licence", 4) }))).Code);
        await Assert.ThrowsAsync<InvalidJobException>(() => EnqueueAsync("nothing", job => job with { Resources = Needs("licence", 0) }));
    }

    private IControlStore Controls => Engine.Services.GetRequiredService<IControlStore>();

    private static Dictionary<string, int> Needs(string resource, int units) => new() { [resource] = units };

    private Task<Guid> KeyedAsync(string key) => EnqueueAsync("keyed", job => job with { ConcurrencyKey = key });

    private async Task<Exchange> TakeOneAsync(string operation)
    {
        await EnqueueAsync(operation);
        Exchange taken = await TakeAsync("worker-a");
        Assert.Single(taken.Leases);
        return taken;
    }

    private Task<Exchange> TakeAsync(string worker, Completion? told = null, int limit = 100) =>
        Store.ExchangeAsync(told is null ? [] : [told], new ClaimRequest(worker, Queues, limit), Cancel);

    private static Guid[] Ids(Exchange exchange) => [.. exchange.Leases.Cast<JobLease>().OrderBy(l => l.Seq).Select(l => l.JobId)];

    private async Task<ResourceState> ResourceAsync(string name) => (await Resources.ResourcesAsync(Cancel)).Single(r => r.Name == name);

    private static (long InUse, long Waiting) Use(ResourceState resource) => (resource.InUse, resource.Waiting);
}
