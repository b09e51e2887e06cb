using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers;
using Penstock.RabbitMq;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Transports;

/// <summary>Several engines on one store, which only the broker connects; and a book of what ran where and when.</summary>
internal sealed class Fleet(Func<RabbitMqOptions> transport) : IAsyncDisposable
{
    public const string Queue = "protea.jobs";

    private readonly List<TestEngine> _engines = [];
    private readonly string _path = TestFolder.NewFile("penstock.db");

    /// <summary>How often a worker looks by itself; a test of wake-ups makes it long.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(20);

    public ConcurrentQueue<Run> Runs { get; } = new();

    /// <summary>Jobs that are told to wait run until this is set.</summary>
    public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One more engine; with slots it works, too.</summary>
    public async Task<TestEngine> AddAsync(string name, int slots = 0)
    {
        RabbitMqOptions options = transport();
        TestEngine engine = await TestEngine.StartAsync(
            builder => builder.UseRabbitMq(options)
                .AddOperation<Note>("fleet.note", Queue, "Writes into the book.", new RetryPolicy(1, TimeSpan.Zero, TimeSpan.Zero)),
            _path,
            before: first =>
            {
                first.AddSingleton(this);
                first.AddSingleton(new HostName(name));
                first.AddSingleton(new WorkerOptions { Slots = Math.Max(1, slots), PollInterval = Poll, PrefetchMax = 0 });
                first.AddSingleton(new WorkerLeaseOptions { Lease = TimeSpan.FromSeconds(60), Heartbeat = TimeSpan.FromSeconds(20) });
            });
        _engines.Add(engine);
        RabbitMqWakeUps wakeUps = TransportOf(engine);
        if (slots > 0)
            engine.RunWorker();
        await wakeUps.UntilConnectedAsync();
        return engine;
    }

    public static RabbitMqWakeUps TransportOf(TestEngine engine) => engine.Services.GetRequiredService<RabbitMqWakeUps>();

    public static async Task<Guid> EnqueueAsync(TestEngine engine, bool waits = false) =>
        (await engine.Client.EnqueueAsync(NewJob.Of("fleet.note", new Note.Payload(waits)), Cancel)).JobId;

    public static async Task<IReadOnlyList<Guid>> EnqueueManyAsync(TestEngine engine, int count, int milliseconds) =>
        [.. (await engine.Client.EnqueueManyAsync(
            [.. Enumerable.Range(0, count).Select(_ => NewJob.Of("fleet.note", new Note.Payload(false, milliseconds)))], Cancel)).Select(r => r.JobId)];

    /// <summary>Where it began to run, and how long it waited for that.</summary>
    public async Task<(string Host, TimeSpan Waited)> BegunAsync(Guid job, TimeSpan within)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Runs.FirstOrDefault(run => run.JobId == job) is { } run)
                return (run.Host, TimeProvider.System.GetElapsedTime(began));
            if (TimeProvider.System.GetElapsedTime(began) > within)
                throw new TimeoutException($"Job {job} did not begin within {within.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
        }
    }

    /// <summary>All have succeeded, each after one run, and the store's own rules hold.</summary>
    public async Task AssertEachRanOnceAsync(TestEngine engine, IReadOnlyCollection<Guid> jobs)
    {
        foreach (Guid job in jobs)
            Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(job)).Status);
        Assert.Equal(jobs.Order(), Runs.Select(run => run.JobId).Where(jobs.Contains).Order());
        Assert.Empty(await StoreRules.ViolationsAsync(engine.Database, Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        Gate.TrySetResult();
        foreach (TestEngine engine in _engines)
            await engine.DisposeAsync();
    }

    internal sealed record Run(Guid JobId, string Host);

    internal sealed record HostName(string Name);

    internal sealed class Note(Fleet fleet, HostName host) : Operation<Note.Payload, int>
    {
        public sealed record Payload(bool Waits, int Milliseconds = 0);

        public override async Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            fleet.Runs.Enqueue(new Run(job.JobId, host.Name));
            if (payload.Waits)
                await fleet.Gate.Task.WaitAsync(cancellationToken);
            if (payload.Milliseconds > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(payload.Milliseconds), job.Time, cancellationToken);
            return 1;
        }
    }
}
