using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Engine.Transport;
using Penstock.Sql;
using Penstock.Sql.Jobs;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Ways in which other engines lost, doubled or blocked work, each as a test that bears its name.</summary>
/// <remarks>docs/guarantees.md lists all of them; those that another suite shows as well are named there instead of twice.</remarks>
public abstract class TrapConformance : StoreConformance
{
    private const int ClaimLimit = 10;
    private const int ShortBacklog = 1_000;
    private const int LongBacklog = 20_000;

    private static readonly TimeSpan Timeout = TimeSpan.FromHours(6);
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(30);

    /// <summary>The database itself, under whatever a test puts around it.</summary>
    protected abstract SqlDatabase Backend(IServiceProvider services);

    /// <summary>How much the store has to do for a call, in a unit of its own that does not depend on the machine.</summary>
    protected abstract Task<long> WorkOfAsync(Func<Task> call);

    [Fact]
    public async Task Trap_acknowledged_before_the_claim_committed()
    {
        Guid id = await EnqueueAsync();
        FailingDatabase database = new(Engine.Database) { Fails = DatabaseFailure.BeforeCommit };
        await Assert.ThrowsAsync<IOException>(
            () => StoreOver(database).ExchangeAsync([], new ClaimRequest("worker-a", [Queue], 1), Cancel));

        // Its place in the queue was not used up by the claim that never was.
        Assert.Empty(await Store.HeldAsync("worker-a", Cancel));
        JobLease lease = await ClaimAsync("worker-b");
        Assert.Equal((id, 1), (lease.JobId, lease.Attempt));
    }

    [Fact]
    public async Task Trap_committed_and_the_claims_answer_lost()
    {
        Guid id = await EnqueueAsync();
        FailingDatabase database = new(Engine.Database) { Fails = DatabaseFailure.AfterCommit };
        await Assert.ThrowsAsync<IOException>(
            () => StoreOver(database).ExchangeAsync([], new ClaimRequest("worker-a", [Queue], 1), Cancel));

        // The worker knows nothing of it and finds out by asking what it holds.
        await Store.GiveBackAsync("worker-a", [.. await Store.HeldAsync("worker-a", Cancel)], Cancel);
        Assert.Equal((id, 2), ((await ClaimAsync("worker-b")).JobId, (await JobAsync(id)).Attempt));
    }

    [Fact]
    public async Task Trap_committed_then_published_with_no_outbox()
    {
        SqlJobStore store = new(Engine.Database, new BrokenWakeUps(), Time, Engine.Services.GetRequiredService<IdGenerator>());
        JobDraft draft = Engine.Services.GetRequiredService<JobDrafting>().Draft(new NewJob("nothing", "{}"));
        await Assert.ThrowsAsync<IOException>(() => store.EnqueueAsync([draft], Cancel));
        // Whoever looks finds it: what leads to the job was committed with it.
        Assert.Equal(draft.Id, (await ClaimAsync()).JobId);
    }

    [Fact]
    public async Task Trap_claims_that_read_then_check_then_write()
    {
        const int jobs = 200;
        for (int i = 0; i < jobs; i++)
            await EnqueueAsync();
        await using TestEngine other = await TestEngine.StartAsync(builder => builder.AddOperation<Nothing>("nothing", Queue, "Does nothing."), StorePath, Time);
        // In memory the other one has a database of its own, and nothing to take.
        IReadOnlyList<UnitLease>[] claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () =>
            {
                IJobStore store = i % 2 == 0 ? Store : other.Store;
                return (await store.ExchangeAsync([], new ClaimRequest(i % 4 < 2 ? "worker-a" : "worker-b", [Queue], 20), Cancel)).Leases;
            },
            Cancel)));
        List<UnitLease> taken = [.. claims.SelectMany(c => c)];
        taken.AddRange(await ClaimManyAsync("worker-a", jobs));
        Assert.Equal(jobs, taken.Count);
        Assert.Equal(jobs, taken.Select(t => t.Seq).Distinct().Count());
    }

    [Fact]
    public async Task Trap_sleeping_up_to_600_s_inside_a_consumer()
    {
        Guid busy = await EnqueueAsync("single");
        Guid next = await EnqueueAsync("single");
        await FinishAsync(new Completion.Snoozed(await ClaimAsync(), "device busy", Time.GetUtcNow() + TimeSpan.FromSeconds(600)));
        // The one place of the queue is free at once.
        JobLease other = await ClaimAsync("worker-b");
        Assert.Equal(next, other.JobId);
        await FinishAsync(Succeeded(other));
        Time.Advance(TimeSpan.FromSeconds(599.9));
        Assert.Empty(await ClaimManyAsync("worker-b"));
        Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(busy, (await ClaimAsync("worker-b")).JobId);
    }

    [Fact]
    public async Task Trap_a_late_commit_overwrites_JobTimeout_with_succeeded()
    {
        Guid id = await EnqueueAsync();
        JobLease slow = await ClaimAsync();
        Time.Advance(Timeout + TimeSpan.FromSeconds(1));
        Assert.Single((await Store.ReapAsync(Timeout, Stall, Cancel)).Reaped);
        Assert.False(await FinishAsync(Succeeded(slow)));
        Job job = await JobAsync(id);
        Assert.Equal((JobStatus.Failed, "JobTimeout", null), (job.Status, job.ErrorCode, job.Result));
        Assert.Equal(["job.created", "job.started", "job.timeout"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task Trap_a_heartbeat_that_updates_nothing()
    {
        Assert.True(await Store.BeatAsync(Beat("worker-a"), Cancel));
        Assert.False(await Store.BeatAsync(Beat("nobody"), Cancel));
        await Store.RetireWorkerAsync("worker-a", Cancel);
        Assert.False(await Store.BeatAsync(Beat("worker-a"), Cancel));
        Assert.DoesNotContain("worker-a", (await Engine.Reader.WorkersAsync(Cancel)).Select(w => w.Id));
    }

    [Fact]
    public async Task Trap_claims_that_cost_more_the_longer_the_backlog_is()
    {
        await FillAsync(ShortBacklog);
        long few = await WorkOfAsync(() => ClaimManyAsync("worker-a", ClaimLimit));
        await FillAsync(LongBacklog - ShortBacklog);
        long many = await WorkOfAsync(() => ClaimManyAsync("worker-a", ClaimLimit));
        Assert.True(few > 0, "No work was measured.");
        Assert.InRange(many, few / 2, few * 3 / 2);
    }

    [Fact]
    public async Task Trap_workers_that_never_come_back_after_the_database_was_away()
    {
        FailingDatabase? database = null;
        await using TestEngine engine = await TestEngine.StartAsync(
            builder =>
            {
                builder.AddOperation<Nothing>("nothing", "worked", "Does nothing.");
                builder.Services.AddSingleton<SqlDatabase>(p => database = new FailingDatabase(Backend(p)));
            },
            StorePath, Time);
        engine.RunWorker();
        await RunAsync(engine);
        database!.Fails = DatabaseFailure.Away;
        for (int i = 0; i < 40; i++)
            await PassASecondAsync(); // Longer than a lease.
        await Assert.ThrowsAsync<IOException>(() => RunAsync(engine));
        database.Fails = DatabaseFailure.None;
        await RunAsync(engine);
    }

    private async Task RunAsync(TestEngine engine)
    {
        Guid id = (await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId;
        while ((await engine.Reader.FindAsync(id, Cancel))!.Status != JobStatus.Succeeded)
            await PassASecondAsync();
    }

    // The worker has threads of its own: time is moved for it, and it needs a moment to see that.
    private async Task PassASecondAsync()
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancel);
    }

    private async Task FillAsync(int jobs)
    {
        foreach (NewJob[] page in Enumerable.Repeat(new NewJob("nothing", "{}"), jobs).Chunk(1_000))
            await Engine.Client.EnqueueManyAsync(page, Cancel);
    }

    private SqlJobStore StoreOver(SqlDatabase database) =>
        new(database, new InProcessWakeUps(), Time, Engine.Services.GetRequiredService<IdGenerator>());

    /// <summary>The process dies, or the broker is gone, between the commit and the word of it.</summary>
    private sealed class BrokenWakeUps : IWakeUps
    {
        public void QueueReady(string queueName) => throw new IOException("Nobody can be told.");

        public void LeasesChanged() => throw new IOException("Nobody can be told.");

        public void EventsWritten() => throw new IOException("Nobody can be told.");

        public IDisposable Subscribe(IWakeUpListener listener) => throw new NotSupportedException();
    }
}
