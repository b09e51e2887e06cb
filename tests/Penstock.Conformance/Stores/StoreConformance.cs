using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>What every job store must do, whatever it is made of. One suite a topic; one subclass a backend.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    protected const string Queue = "work";
    protected const string SingletonQueue = "single";
    protected const string RequeueableQueue = "requeueable";
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private const int MaxDeaths = 3;

    private TestEngine? _engine;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;
    protected ManualTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    protected TestEngine Engine => _engine ?? throw new InvalidOperationException("The test has not begun.");
    protected IJobStore Store => Engine.Store;

    /// <summary>Where the backend keeps its data for this test.</summary>
    protected abstract string StorePath { get; }

    public async ValueTask InitializeAsync()
    {
        _engine = await StartEngineAsync(StorePath);
        foreach (string worker in (string[])["worker-a", "worker-b"])
            await RegisterAsync(worker);
    }

    protected Task<TestEngine> StartEngineAsync(string path) => TestEngine.StartAsync(
        builder => Configure(builder)
            .AddOperation<Nothing>("nothing", Queue, "Does nothing.")
            .AddOperation<Nothing>("single", SingletonQueue, "Does nothing, one at a time.")
            .AddOperation<Nothing>("again", RequeueableQueue, "Does nothing, as often as an operator likes.")
            .AddQueue(new QueueDefinition(RequeueableQueue) { Finished = FinishedPolicy.Requeueable })
            .AddItemOperation<NothingItem>("first", "items", "First stage.")
            .AddItemOperation<NothingItem>("second", "items", "Second stage.")
            .AddQueue(new QueueDefinition(SingletonQueue, MaxRunning: 1)),
        path, Time);

    /// <summary>What a suite adds to the program.</summary>
    protected virtual PenstockBuilder Configure(PenstockBuilder builder) => builder;

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<bool> RegisterAsync(string worker) => await Store.BeatAsync(Beat(worker) with { Registers = true }, Cancel);

    protected static WorkerBeat Beat(string worker) =>
        new(worker, "elsewhere", 1, DateTimeOffset.UnixEpoch, [Queue, SingletonQueue, "items"], 4, 0, Draining: false);

    protected async Task<Guid> EnqueueAsync(string operation = "nothing", Func<NewJob, NewJob>? with = null)
    {
        NewJob job = new(operation, "{}");
        return (await Engine.Client.EnqueueAsync(with is null ? job : with(job), Cancel)).JobId;
    }

    protected async Task<IReadOnlyList<UnitLease>> ClaimManyAsync(string worker, int limit = 100) =>
        (await Store.ExchangeAsync([], new ClaimRequest(worker, [Queue, SingletonQueue, "items"], limit), Cancel)).Leases;

    protected async Task<JobLease> ClaimAsync(string worker = "worker-a") => (JobLease)(await ClaimManyAsync(worker, 1)).Single();

    /// <returns>False: the store refused it.</returns>
    protected async Task<bool> FinishAsync(Completion completion) =>
        (await Store.ExchangeAsync([completion], null, Cancel)).Refused.Count == 0;

    protected static Completion Succeeded(JobLease lease, string result = "1") =>
        new Completion.JobReturned(lease, new JobOutcome.Succeeded(result), null, []);

    protected static Completion Threw(UnitLease lease, DateTimeOffset? retryAt = null) =>
        new Completion.Threw(lease, "Broken", "It broke.", retryAt);

    protected static Completion Returned(ItemLease item, object? next = null, StoreEffect? effect = null) =>
        new Completion.ItemReturned(item, new ItemOutcome(effect, next), next is null ? null : "{}");

    /// <summary>A running coordinator whose items wait in the first of two stages.</summary>
    protected async Task<Guid> DispatchAsync(int items, double failureRatio = 0, NewJob? continuation = null)
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        JobOutcome.Dispatched plan = new(
            "{}", ["first", "second"], Enumerable.Repeat("{}", items).ToList(), continuation, failureRatio);
        JobDraft? draft = continuation is null ? null : Engine.Services.GetRequiredService<JobDrafting>().Draft(continuation);
        Assert.True(await FinishAsync(new Completion.JobReturned(
            lease, plan, draft, [new StageDraft("first", "items"), new StageDraft("second", "items")])));
        return id;
    }

    protected Guid NewId() => Engine.Services.GetRequiredService<IdGenerator>().NewId();

    protected async Task<Job> JobAsync(Guid id) => (await Engine.Reader.FindAsync(id, Cancel))!;

    protected async Task<string[]> EventNamesAsync(Guid id) =>
        (await Engine.Reader.EventsAsync(id, 0, 2_000, Cancel)).Select(e => e.Name).ToArray();

    protected async Task<DeadLetter> OnlyDeadLetterAsync() =>
        Assert.Single(await Engine.Reader.DeadLettersAsync(new DeadLetterFilter(), Cancel));

    protected Task<RecoveryReport> RecoverAsync(params string[] knownDead) => Store.RecoverAsync(Lease, MaxDeaths, knownDead, Cancel);

    protected sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }

    protected sealed class NothingItem : ItemOperation<Nothing.Payload>
    {
        public override Task<ItemOutcome> RunAsync(Nothing.Payload item, ItemContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new ItemOutcome());
    }
}
