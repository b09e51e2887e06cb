using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Penstock.TestKit;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>An engine that lives in the past, so that its jobs are as old as a statement wants them when it is run.</summary>
internal sealed class SeedStage : IAsyncDisposable
{
    public const string Queue = "dsa110-pipeline";
    private static readonly string[] Tasks = ["calibration-solve", "imaging", "validation"];
    private static readonly TimeSpan Past = TimeSpan.FromDays(40);

    private readonly ManualTimeProvider _time;

    private SeedStage(TestEngine engine, ManualTimeProvider time, string store) => (Engine, _time, Store) = (engine, time, store);

    public TestEngine Engine { get; }
    public string Store { get; }

    /// <summary>What the words of a statement stand for.</summary>
    public Dictionary<string, string> Ids { get; } = new() { ["task_name"] = Tasks[0] };

    public static async Task<SeedStage> SetAsync(string store)
    {
        // Ends a little before the present: the server's own clock must not be behind.
        ManualTimeProvider time = new(TimeProvider.System.GetUtcNow() - Past - TimeSpan.FromSeconds(5));
        TestEngine engine = await TestEngine.StartAsync(
            builder =>
            {
                foreach (string name in Tasks)
                    builder.AddOperation<Nothing>(name, Queue, "Does nothing.");
                builder.AddOperation<Nothing>("compute_embeddings", "protea.embeddings", "Does nothing.")
                    .AddItemOperation<NothingItem>("compute_embeddings_batch", "protea.embeddings.batch", "Does nothing.");
            },
            store, time);
        SeedStage stage = new(engine, time, store);
        await stage.RegisterAsync("worker-1");
        return stage;
    }

    /// <summary>Moves to so long before the present.</summary>
    public void GoTo(TimeSpan ago) => _time.Advance(Past - ago - _time.Elapsed);

    public async Task<Guid> EnqueueAsync(string operation = "imaging") => (await Engine.Client.EnqueueAsync(new NewJob(operation, "{}"), Cancel)).JobId;

    public async Task<List<JobLease>> ClaimAsync(int limit, string worker = "worker-1", string queue = Queue) =>
        [.. (await Engine.Store.ExchangeAsync([], new ClaimRequest(worker, [queue], limit), Cancel)).Leases.Cast<JobLease>()];

    public async Task<JobLease> StartAsync(string operation = "imaging", string queue = Queue)
    {
        Guid id = await EnqueueAsync(operation);
        JobLease lease = (await ClaimAsync(1, queue: queue)).Single();
        Ids["job_id"] = Ids["task_id"] = $"{id}";
        return lease;
    }

    /// <returns>False: the store refused it.</returns>
    public async Task<bool> EndAsync(Completion completion) => (await Engine.Store.ExchangeAsync([completion], null, Cancel)).Refused.Count == 0;

    public Task<bool> SucceedAsync(JobLease lease) => EndAsync(new Completion.JobReturned(lease, new JobOutcome.Succeeded("1"), null, []));

    public Task<bool> FailAsync(UnitLease lease) => EndAsync(new Completion.Threw(lease, "FileNotFoundError", "No such file.", null));

    public Task TellAsync(JobLease lease) =>
        Engine.Store.AppendEventAsync(lease, new JobEventDraft("imaging.progressed", JobEventLevel.Info, null, "{}"), null, Cancel);

    /// <summary>Jobs in every status.</summary>
    public async Task MixAsync()
    {
        for (int i = 0; i < 5; i++)
            await EnqueueAsync(Tasks[i % Tasks.Length]);
        List<JobLease> leases = await ClaimAsync(3);
        await SucceedAsync(leases[0]);
        await FailAsync(leases[1]);
        await Engine.Client.CancelAsync(await EnqueueAsync(), null, Cancel);
        Ids["job_id"] = Ids["task_id"] = $"{leases[1].JobId}";
    }

    public async Task<List<Guid>> FailManyAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await EnqueueAsync(Tasks[0]);
        List<JobLease> leases = await ClaimAsync(count);
        foreach (JobLease lease in leases)
            Assert.True(await FailAsync(lease));
        Ids["task_id"] = $"{leases[0].JobId}";
        return leases.ConvertAll(l => l.JobId);
    }

    public async Task PendAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await EnqueueAsync(Tasks[^(1 + i % Tasks.Length)]); // The one that is to be preferred is never the first.
    }

    /// <summary>A coordinator whose items are on their way.</summary>
    public async Task<List<ItemLease>> DispatchAsync(int items, int claimed)
    {
        JobLease lease = await StartAsync("compute_embeddings", "protea.embeddings");
        Ids["parent_id"] = $"{lease.JobId}";
        JobOutcome.Dispatched plan = new("{}", ["compute_embeddings_batch"], Enumerable.Repeat("{}", items).ToList(), null, 0);
        Assert.True(await EndAsync(new Completion.JobReturned(lease, plan, null, [new StageDraft("compute_embeddings_batch", "protea.embeddings.batch")])));
        return [.. (await Engine.Store.ExchangeAsync([], new ClaimRequest("worker-1", ["protea.embeddings.batch"], claimed), Cancel)).Leases.Cast<ItemLease>()];
    }

    public async Task RegisterAsync(string worker) => await Engine.Store.BeatAsync(
        new WorkerBeat(worker, "elsewhere", 1, DateTimeOffset.UnixEpoch, [Queue], 4, 0, Draining: false) { Registers = true }, Cancel);

    public async Task<Job?> FindAsync(Guid id) => await Engine.Reader.FindAsync(id, Cancel);

    public async Task<string[]> EventNamesAsync(Guid id) => [.. (await Engine.Reader.EventsAsync(id, 0, 1_000, Cancel)).Select(e => e.Name)];

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }

    private sealed class NothingItem : ItemOperation<Nothing.Payload>
    {
        public override Task<ItemOutcome> RunAsync(Nothing.Payload item, ItemContext context, CancellationToken cancellationToken) =>
            Task.FromResult(new ItemOutcome());
    }
}
