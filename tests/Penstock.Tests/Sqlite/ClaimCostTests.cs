using Microsoft.Data.Sqlite;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Penstock.Testing;
using SQLitePCL;
using Xunit;

namespace Penstock.Tests.Sqlite;

/// <summary>A trap of other queues: claims that get slower with the backlog. Counted in steps of SQLite's machine, not in time.</summary>
public sealed class ClaimCostTests
{
    private const int Backlog = 100_000;

    private const string ReadySql = """
        insert into ready (queue_id, prio, kind, seq)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)
        select q.id, 5, 0, 1000000 + i from n, queue q where q.name = 'work'
        """;

    private const string ParkedSql = """
        insert into parked (resource, queue_id, prio, kind, seq, units)
        with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)
        select case when i % 2 = 0 then 'gpu' else 'key:work:' || i end, q.id, 0, 0, 1000000 + i, 1 from n, queue q where q.name = 'work'
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_claim_costs_the_same_with_100_000_units_ready() =>
        Assert.InRange(await CostAsync(ReadySql, Backlog) / (double)await CostAsync(ReadySql, 100), 0.8, 1.2);

    [Fact]
    public async Task A_claim_costs_the_same_with_100_000_units_that_wait_for_resources_and_keys() =>
        Assert.InRange(await CostAsync(ParkedSql, Backlog) / (double)await CostAsync(ParkedSql, 100), 0.8, 1.2);

    /// <summary>Steps of ten claims of one job each, beside a job that holds the resource, with so many hints more.</summary>
    private static async Task<long> CostAsync(string hintsSql, int count)
    {
        await using TestEngine engine = await TestEngine.StartAsync(builder => builder
            .AddResource("gpu", 1)
            .AddOperation<Nothing>("nothing", "work", "Does nothing."));
        WorkerBeat beat = new("worker", "here", 1, DateTimeOffset.UnixEpoch, ["work"], 4, 0, Draining: false) { Registers = true };
        await engine.Store.BeatAsync(beat, Cancel);
        await engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { Resources = new Dictionary<string, int> { ["gpu"] = 1 } }, Cancel);
        for (int i = 0; i < 10; i++)
            await engine.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel);
        Assert.Single((await engine.Store.ExchangeAsync([], new ClaimRequest("worker", ["work"], 1), Cancel)).Leases);

        long steps = 0;
        await engine.Database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement hints = session.Statement(hintsSql).Bind("count", count);
                Assert.Equal(count, await hints.ExecuteAsync(token));
                // Counts each step of each statement on the writer's connection from here on.
                raw.sqlite3_progress_handler(((SqliteConnection)session.Connection).Handle, 1, _ => (int)(0 * ++steps), null);
            },
            Cancel);
        steps = 0;
        for (int i = 0; i < 10; i++)
            Assert.Single((await engine.Store.ExchangeAsync([], new ClaimRequest("worker", ["work"], 1), Cancel)).Leases);
        return steps;
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
