using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>Two builds of the schema: workers of one version go on while the next one brings the tables forward.</summary>
public abstract class UpgradeConformance
{
    private const int JobsEachTime = 150;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected abstract string StorePath { get; }

    [Fact]
    public async Task Workers_of_this_version_go_on_while_the_next_one_migrates_and_both_work_afterwards()
    {
        ConcurrentQueue<(int Number, string Version)> ran = [];
        await using TestEngine old = await StartAsync("this", ran);
        old.RunWorker();
        List<Guid> jobs = [];
        for (int i = 0; i < JobsEachTime; i++)
            jobs.Add(await EnqueueAsync(old, jobs.Count));

        // The next version starts, which migrates, in the middle of this one's work.
        Task<TestEngine> starting = StartAsync("next", ran);
        while (!starting.IsCompleted)
            jobs.Add(await EnqueueAsync(old, jobs.Count));
        await using TestEngine next = await starting;
        int before = jobs.Count;
        for (int i = 0; i < JobsEachTime; i++)
            jobs.Add(await EnqueueAsync(i % 2 == 0 ? old : next, jobs.Count));
        foreach (Guid job in jobs)
            await old.WaitForEndAsync(job);

        // This version alone has run them so far: also what the next one enqueued, on the wider tables.
        Assert.Equal(Enumerable.Range(0, jobs.Count), ran.Select(r => r.Number).Order());
        Assert.All(ran, r => Assert.Equal("this", r.Version));
        next.RunWorker();
        await old.DrainAsync();
        Guid last = await EnqueueAsync(old, jobs.Count);
        Job ended = await next.WaitForEndAsync(last);
        Assert.Equal((JobStatus.Succeeded, 1), (ended.Status, ended.Attempt));
        Assert.Contains((jobs.Count, "next"), ran);
        Assert.True(before > JobsEachTime, "Nothing was enqueued during the migration.");
    }

    [Fact]
    public async Task This_version_does_not_start_on_the_tables_of_the_next_one()
    {
        await using (await StartAsync("next", []))
        {
            // It migrates, and stops.
        }

        SchemaChangedException error = await Assert.ThrowsAsync<SchemaChangedException>(() => StartAsync("this", []));

        Assert.Equal("schema-changed", error.Code);
        Assert.Contains("engine 0900", error.Message, StringComparison.Ordinal);
    }

    private Task<TestEngine> StartAsync(string version, ConcurrentQueue<(int, string)> ran) => TestEngine.StartAsync(
        builder =>
        {
            builder.Services.AddSingleton(new Notes(version, ran));
            builder.AddOperation<NotesItsVersion>("note", "work", "Notes which version ran it.");
            if (version == "next")
                builder.AddMigrations("engine", 0, typeof(UpgradeConformance).Assembly);
        },
        StorePath);

    private static async Task<Guid> EnqueueAsync(TestEngine engine, int number) =>
        (await engine.Client.EnqueueAsync(new NewJob("note", $$"""{"number":{{number}}}"""), Cancel)).JobId;

    private sealed record Notes(string Version, ConcurrentQueue<(int, string)> Ran);

    private sealed class NotesItsVersion(Notes notes) : Operation<NotesItsVersion.Payload, int>
    {
        public sealed record Payload(int Number);

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            notes.Ran.Enqueue((payload.Number, notes.Version));
            return Task.FromResult(payload.Number);
        }
    }
}

public sealed class UpgradeInSqliteFile : UpgradeConformance
{
    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");
}

public sealed class UpgradeInPostgres : UpgradeConformance
{
    private readonly PostgresStore _store = new();

    protected override string StorePath => _store.Path;
}
