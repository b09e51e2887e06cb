using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>What a job meets on its walk must cost the same with many jobs as with few: no plan may read the whole table.</summary>
public sealed class PostgresPlanTests
{
    private const string Queue = "work";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_statement_of_a_jobs_walk_scans_the_jobs()
    {
        string path = PostgresStore.New();
        ConcurrentDictionary<string, bool> seen = [];
        await using TestEngine engine = await TestEngine.StartAsync(
            builder =>
            {
                builder.AddOperation<Nothing>("nothing", Queue, "Never run.");
                builder.Services.AddSingleton<SqlDatabase>(p => new RewritingDatabase(
                    p.GetRequiredService<PostgresDatabase>(),
                    sql =>
                    {
                        seen[sql] = true;
                        return sql;
                    }));
            },
            path);
        await WalkAsync(engine);
        await using NpgsqlConnection connection = new(path + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await RunAsync(connection, """
            set penstock.engine = on;
            insert into job (id, operation, queue_name, status, payload, created_at, max_attempts)
            select gen_random_uuid(), 'nothing', 'work', 'queued', '{}', now(), 3 from generate_series(1, 50000);
            insert into ready select (select id from queue where name = 'work'), 0, 0, seq from job on conflict do nothing;
            insert into job_event (job_id, ts, level, event) select id, now(), 'info', 'job.created' from job;
            insert into item (parent_job_id, stage, item_index, operation, queue_name, payload, created_at)
            select id, 0, 0, 'nothing', 'work', '{}', now() from job;
            analyze; set plan_cache_mode = force_generic_plan;
            """ + PostgresWriter.InOrderOfKeysSql);
        List<string> scans = [];
        foreach (string sql in seen.Keys.Where(s => s.TrimStart() is ['s' or 'i' or 'u' or 'd' or 'w', ..]))
        {
            PostgresText text = PostgresText.Of(sql);
            await RunAsync(connection, $"prepare hot as {text.Positional}");
            string arguments = text.Parameters.Count == 0 ? "" : $"({string.Join(", ", text.Parameters.Select(_ => "null"))})";
            string plan = await ExplainAsync(connection, $"explain execute hot{arguments}");
            foreach (string table in (string[])["job", "job_event", "ready", "item"])
            {
                if (plan.Contains($"Seq Scan on {table} ", StringComparison.Ordinal) || WalksAll(plan, table))
                    scans.Add($"{sql}\n{plan}");
            }
            await RunAsync(connection, "deallocate hot");
        }
        Assert.True(seen.Count > 20, $"Only {seen.Count} statements were seen.");
        Assert.Empty(scans);
    }

    [Fact]
    public async Task The_engine_plans_its_writes_without_sorts()
    {
        await using TestEngine engine = await TestEngine.StartAsync(
            builder => builder.AddOperation<Nothing>("nothing", Queue, "Never run."), PostgresStore.New());
        Assert.Equal(
            "off off",
            await engine.Services.GetRequiredService<SqlDatabase>().WriteAsync(
                async (session, token) =>
                {
                    using SqlStatement read = session.Statement("select current_setting('enable_sort') || ' ' || current_setting('enable_bitmapscan')");
                    return await read.ScalarAsync<string>(token);
                },
                Cancel));
    }

    /// <summary>A scan of an index without a condition reads the table as a whole, in the order of that index.</summary>
    private static bool WalksAll(string plan, string table) => Regex.IsMatch(
        plan, $@"Index (Only )?Scan( Backward)? using \w+ on {table}\b[^\n]*(\n\s*(?!\s|Index Cond)|$)");

    private static async Task WalkAsync(TestEngine engine)
    {
        await engine.Store.BeatAsync(
            new WorkerBeat("worker-a", "elsewhere", 1, DateTimeOffset.UnixEpoch, [Queue], 4, 0, Draining: false) { Registers = true }, Cancel);
        await engine.Client.EnqueueManyAsync([.. Enumerable.Repeat(new NewJob("nothing", "{}"), 6)], Cancel);
        await engine.Client.EnqueueAsync(new NewJob("nothing", "{}") { IdempotencyKey = "one", Delay = TimeSpan.FromHours(1) }, Cancel);
        JobLease[] leases = [.. (await engine.Store.ExchangeAsync([], new ClaimRequest("worker-a", [Queue], 5), Cancel)).Leases.Cast<JobLease>()];
        await engine.Store.ExchangeAsync(
            [
                new Completion.JobReturned(leases[0], new JobOutcome.Succeeded("1"), null, []),
                new Completion.JobReturned(leases[1], new JobOutcome.Succeeded("1"), null, []),
                new Completion.Threw(leases[2], "Broken", "It broke.", null),
                new Completion.Threw(leases[3], "Broken", "It broke.", DateTimeOffset.UnixEpoch),
                new Completion.Released(leases[4]),
            ],
            new ClaimRequest("worker-a", [Queue], 5), Cancel);
        await engine.Store.RecoverAsync(TimeSpan.FromMinutes(1), 3, ["worker-a"], Cancel);
        await engine.Store.ReapAsync(TimeSpan.FromHours(6), TimeSpan.FromMinutes(30), Cancel);
        // And what people do to one job or queue among many.
        await engine.Store.SendSignalAsync(new SignalDraft("go", "{}", "ada"), Cancel);
        await engine.Store.CancelAsync(leases[4].JobId, null, Cancel);
        await engine.Store.DeleteAsync(leases[4].JobId, Cancel);
        IControlStore controls = engine.Services.GetRequiredService<IControlStore>();
        await controls.ReprioritiseAsync(Queue, null, 3, "ada", null, 10, Cancel);
        await controls.PurgeAsync(Queue, "ada", null, 10, Cancel);
        await engine.Store.PruneAsync(DateTimeOffset.UnixEpoch, null, 10, Cancel);
        await engine.Store.PruneSignalsAsync(DateTimeOffset.UnixEpoch, 10, Cancel);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Cancel);
        List<string> lines = [];
        while (await reader.ReadAsync(Cancel))
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private sealed class Nothing : Operation<Nothing.Payload, int>
    {
        public sealed record Payload;

        public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken) => Task.FromResult(0);
    }
}
