using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Postgres;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>What only a server can do to the engine: crash, go away, come back.</summary>
public sealed class PostgresServerTests
{
    private const string Queue = "work";
    private readonly ManualTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crash_of_the_server_empties_the_hints_and_loses_neither_job_nor_lease()
    {
        PostgresStore.RequireServer();
        using PostgresServer server = new(durable: true);
        await using TestEngine engine = await StartAsync(server.NewStore());
        for (int i = 0; i < 10; i++)
            await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel);
        Guid later = (await engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { Delay = TimeSpan.FromMinutes(5) }, Cancel)).JobId;
        IReadOnlyList<UnitLease> held = await ClaimAsync(engine, 3);

        server.Kill();
        server.StartAgain();

        IReadOnlyList<UnitLease> rest = await ClaimAsync(engine, 100);
        Assert.Equal((3, 7), (held.Count, rest.Count));
        Assert.Empty(held.Select(h => h.Seq).Intersect(rest.Select(r => r.Seq)));
        Assert.True(rest.Min(r => r.Fence) > held.Max(h => h.Fence));
        Exchange ended = await engine.Store.ExchangeAsync(
            [.. held.Select(h => new Completion.JobReturned((JobLease)h, new JobOutcome.Succeeded("1"), null, []))], null, Cancel);
        Assert.Empty(ended.Refused);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(later, ((JobLease)Assert.Single(await ClaimAsync(engine, 100))).JobId);
    }

    [Fact]
    public async Task The_probe_names_the_transaction_that_has_been_open_longest()
    {
        PostgresStore.RequireServer();
        using PostgresServer server = new(durable: false);
        PostgresOptions options = new(server.NewStore());
        Assert.Null((await PostgresProbe.AskAsync(options, Cancel)).OldestTransaction);
        await using NpgsqlConnection forgotten = new(options.ConnectionString + ";Pooling=false;Application Name=nightly-backup");
        await forgotten.OpenAsync(Cancel);
        await using NpgsqlTransaction transaction = await forgotten.BeginTransactionAsync(IsolationLevel.RepeatableRead, Cancel);
        await using NpgsqlCommand look = new("select 1", forgotten, transaction);
        await look.ExecuteScalarAsync(Cancel);

        PostgresFacts facts = await PostgresProbe.AskAsync(options, Cancel);
        Assert.Matches($"^process {forgotten.ProcessID} of .+ \\(nightly-backup\\)$", facts.OldestTransaction?.Who);
        Assert.InRange(facts.Now - facts.OldestTransaction!.Since, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Many_callers_enqueue_together_and_each_hears_of_its_own_job()
    {
        PostgresStore.RequireServer();
        await using TestEngine engine = await StartAsync(PostgresServer.Shared.NewStore());
        PostgresDatabase database = engine.Services.GetRequiredService<PostgresDatabase>();
        Guid twice = engine.Services.GetRequiredService<IdGenerator>().NewId();
        (long commits, long calls) = database.WriteCounts;

        EnqueueResult[] results = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            i => engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { Id = i is 50 or 150 ? twice : null }, Cancel)));

        // Two asked for one job: one of them made it.
        Assert.Equal(199, results.Select(r => r.JobId).Distinct().Count());
        Assert.Equal(2, results.Count(r => r.JobId == twice));
        Assert.Equal(twice, Assert.Single(results, r => r.Existed).JobId);
        (long commitsAfter, long callsAfter) = database.WriteCounts;
        Assert.Equal(200, callsAfter - calls);
        Assert.InRange(commitsAfter - commits, 1, 100);
        Assert.Equal(199, (await ClaimAsync(engine, 300)).Count);
    }

    [Fact]
    public async Task Enqueues_whose_connections_are_cut_again_and_again_are_stored_once()
    {
        PostgresStore.RequireServer();
        using PostgresServer server = new(durable: false);
        await using TestEngine engine = await StartAsync(server.NewStore());
        using CancellationTokenSource stop = new();
        Task cutting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                server.Execute("postgres", "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'penstock'");
                await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System, CancellationToken.None);
            }
        }, Cancel);

        HashSet<Guid> jobs = [];
        for (int i = 0; i < 300; i++)
            jobs.Add((await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId);
        await stop.CancelAsync();
        await cutting;

        IReadOnlyList<UnitLease> claimed = await ClaimAsync(engine, 500);
        Assert.Equal(300, jobs.Count);
        Assert.True(jobs.SetEquals(claimed.Select(c => ((JobLease)c).JobId)));
    }

    [Fact]
    public async Task While_the_server_is_away_calls_fail_by_name_and_then_go_on()
    {
        PostgresStore.RequireServer();
        using PostgresServer server = new(durable: false);
        await using TestEngine engine = await StartAsync(server.NewStore());
        server.Stop();
        PenstockException write = await Assert.ThrowsAnyAsync<PenstockException>(() => engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel));
        PenstockException read = await Assert.ThrowsAnyAsync<PenstockException>(() => engine.Reader.ListAsync(new JobFilter(), Cancel));
        Assert.Equal(("database-unavailable", "database-unavailable"), (write.Code, read.Code));
        Assert.Contains($"127.0.0.1:{server.Port}", write.Message, StringComparison.Ordinal);

        server.StartAgain();
        await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel);
        Assert.Single(await engine.Reader.ListAsync(new JobFilter(), Cancel));
    }

    [Fact]
    public async Task Text_that_the_server_does_not_take_is_stored_with_replacements()
    {
        PostgresStore.RequireServer();
        await using TestEngine engine = await StartAsync(PostgresServer.Shared.NewStore());
        Guid id = (await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId;
        UnitLease lease = Assert.Single(await ClaimAsync(engine, 1));
        await engine.Store.ExchangeAsync([new Completion.Threw(lease, "Broken", "half \uD83D and nul \0.", null)], null, Cancel);
        Assert.Equal("half \uFFFD and nul \uFFFD.", (await engine.Reader.FindAsync(id, Cancel))!.ErrorMessage);
    }

    private static async Task<IReadOnlyList<UnitLease>> ClaimAsync(TestEngine engine, int limit) =>
        (await engine.Store.ExchangeAsync([], new ClaimRequest("worker-a", [Queue], limit), Cancel)).Leases;

    private async Task<TestEngine> StartAsync(string path)
    {
        TestEngine engine = await TestEngine.StartAsync(builder => builder.AddOperation<Nothing>("nothing", Queue, "Never run."), path, _time);
        await engine.Store.BeatAsync(
            new WorkerBeat("worker-a", "elsewhere", 1, DateTimeOffset.UnixEpoch, [Queue], 4, 0, Draining: false) { Registers = true }, Cancel);
        return engine;
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
