using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Conformance.Stores;
using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>Random statements by hand among random calls of the engine: afterwards all holds that must, and everything that may run runs.</summary>
/// <remarks>Longer: <c>PENSTOCK_SQL_SEQUENCES=1000</c>. One seed: <c>PENSTOCK_SQL_SEED=17</c>.</remarks>
public sealed class RandomSqlTests(ITestOutputHelper output)
{
    private const int Sequences = 16;
    private const int Rounds = 80;
    private const int RulesEvery = 10;
    private const int AtOnce = 4;
    private const int SequencesToFind = 60;
    private const string SequencesVariable = "PENSTOCK_SQL_SEQUENCES";
    private const string SeedVariable = "PENSTOCK_SQL_SEED";

    // How a statement by hand may end besides well: refused, or its unique key is held.
    private static readonly string[] Refusals = [PostgresErrorCodes.CheckViolation, PostgresErrorCodes.UniqueViolation];

    private readonly ConcurrentDictionary<string, int> _done = new(StringComparer.Ordinal);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_done_by_hand_among_whatever_the_engine_does_the_invariants_hold()
    {
        PostgresStore.RequireServer();
        int sequences = Number(SequencesVariable) ?? Sequences;
        (int first, int last) = Number(SeedVariable) is { } seed ? (seed, seed) : (1, sequences);
        await Parallel.ForAsync(
            first, last + 1, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (i, _) =>
            {
                if (await RunAsync(i) is { } wrong)
                    Assert.Fail(wrong);
            });
        output.WriteLine(string.Join(", ", _done.OrderBy(d => d.Key).Select(d => $"{d.Key} {d.Value}")));
        if (first == last)
            return;
        // Had everything been refused, nothing would have been tried.
        foreach (string must in (string[])["to queued", "to failed", "to cancelled", "to succeeded", "priority", "time", "queue", "key", "edit", "delete", "insert", "together"])
            Assert.True(_done.GetValueOrDefault(must) >= (last - first) / 2, $"{must} took effect {_done.GetValueOrDefault(must)} times");
    }

    [Theory]
    [InlineData("penstock_end", "perform penstock_unhint(o.seq, o.queue_name, o.priority);")]
    [InlineData("penstock_end", "perform penstock_end_work(n.id, n.seq);")]
    [InlineData("penstock_end", "perform penstock_count(n.queue_name, n.status);")]
    [InlineData("penstock_end", "perform penstock_settle(members, array_fill(n.status, array[cardinality(members)]), n.parent_job_id);")]
    [InlineData("penstock_edit", "perform penstock_hint(n.seq);")]
    [InlineData("penstock_again", "perform penstock_hint(n.seq);")]
    [InlineData("penstock_release", "perform penstock_end_work(n.id, n.seq);")]
    [InlineData("penstock_settle", "delete from job_unique u where u.job_id = ids[i];")]
    [InlineData("penstock_jobs_deleted", "delete from job_event where job_id in (select id from gone);")]
    [InlineData("penstock_failure", "perform penstock_event(j.id, 'job.failed', fields, 'error', j.error_message);")]
    public async Task A_step_that_a_trigger_forgets_is_found(string function, string step)
    {
        PostgresStore.RequireServer();
        for (int seed = 1; seed <= SequencesToFind; seed++)
        {
            if (await RunAsync(seed, (function, step)) is { } wrong)
            {
                output.WriteLine(wrong);
                return;
            }
        }
        Assert.Fail($"{SequencesToFind} sequences did not find it.");
    }

    /// <param name="forgotten">A statement of one of the triggers' functions that is left out.</param>
    /// <returns>What is wrong; null: nothing.</returns>
    private async Task<string?> RunAsync(int seed, (string Function, string Step)? forgotten = null)
    {
        string store = PostgresStore.New();
        await using TestEngine engine = await StartAsync(store, seed % 2 == 0 ? new DearClock(TimeProvider.System, ticksPerSecond: 1_000) : TimeProvider.System);
        await using Operator person = await Operator.ConnectAsync(store, Cancel);
        if (forgotten is { } bug)
        {
            string whole = (await person.ReadAsync($"select pg_get_functiondef('{bug.Function}'::regproc)", Cancel)).Single();
            Assert.Contains(bug.Step, whole, StringComparison.Ordinal);
            await person.DoAsync(whole.Replace(bug.Step, "", StringComparison.Ordinal), Cancel);
        }
        Sequence sequence = new(engine, person, store, seed, _done);
        try
        {
            await sequence.RunAsync();
            return null;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return $"Seed {seed} (again: {SeedVariable}={seed}): {error.Message}\n  {string.Join("\n  ", sequence.Log)}\n{error.StackTrace}";
        }
    }

    private static Task<TestEngine> StartAsync(string store, TimeProvider time) => TestEngine.StartAsync(
        builder => builder
            .AddOperation<Nothing>("nothing", "work", "Does nothing.")
            .AddItemOperation<NothingItem>("item", "items", "Does nothing.")
            .AddQueue(new QueueDefinition("again") { Finished = FinishedPolicy.Requeueable })
            .AddQueue(new QueueDefinition("single", MaxRunning: 2)),
        store, time);

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private sealed class Sequence(TestEngine engine, Operator person, string store, int seed, ConcurrentDictionary<string, int> done)
    {
        private const string NewEventsSql = "select id, event from job_event where id > @after order by id";

        private static readonly string[] Ends = ["job.succeeded", "job.failed", "job.timeout", "job.cancelled"];

        private readonly Random _random = new(seed);
        private readonly List<Guid> _jobs = [];
        private readonly HashSet<long> _staleByEngine = [];
        private readonly ConcurrentQueue<string> _log = new();
        private readonly Dictionary<string, long> _ended = Ends.ToDictionary(e => e, _ => 0L, StringComparer.Ordinal);
        private long _lastEvent;

        public IEnumerable<string> Log => _log;

        public async Task RunAsync()
        {
            await engine.Store.BeatAsync(
                new WorkerBeat(RandomEngine.Worker, "elsewhere", 1, DateTimeOffset.UnixEpoch, RandomEngine.Queues, 8, 0, Draining: false) { Registers = true }, Cancel);
            RandomEngine calls = new(engine, _random, _jobs);
            RandomSql sql = new(_random);
            for (int round = 1; round <= Rounds; round++)
            {
                // Each third sequence does several things at once; then who left a hint, or ended what was deleted, cannot be told.
                if (seed % 3 == 0)
                    await AtOnceAsync(calls, sql);
                else
                    await OneAsync(calls, sql);
                await CheckAsync(rules: round % RulesEvery == 0);
            }
            await FinishAsync(calls);
        }

        private async Task OneAsync(RandomEngine calls, RandomSql sql)
        {
            if (_random.Next(2) == 0)
            {
                (string kind, Func<Task> call) = calls.Draw(deletes: true);
                await EngineAsync(kind, call);
                _staleByEngine.UnionWith(await HintRules.StaleAsync(engine.Database, Cancel));
            }
            else
            {
                await ByHandAsync(person, _random.Next(5) == 0 ? sql.DrawTransaction(_jobs) : sql.Draw(_jobs, deletes: true));
                await LearnJobsAsync();
            }
            Assert.Empty((await HintRules.StaleAsync(engine.Database, Cancel)).Except(_staleByEngine).Select(s => $"stale hint {s}"));
        }

        private async Task AtOnceAsync(RandomEngine calls, RandomSql sql)
        {
            List<(string Kind, Func<Task> Call)> drawn = [calls.Draw(deletes: false), calls.Draw(deletes: false)];
            List<(string, string)> statements = [sql.Draw(_jobs, deletes: false), sql.Draw(_jobs, deletes: false)];
            await using Operator other = await Operator.ConnectAsync(store, Cancel);
            await Task.WhenAll(
                [.. drawn.Select(d => EngineAsync(d.Kind, d.Call)), ByHandAsync(person, statements[0]), ByHandAsync(other, statements[1])]);
            await LearnJobsAsync();
        }

        private async Task EngineAsync(string kind, Func<Task> call)
        {
            try
            {
                await call();
                Count(kind);
            }
            catch (PenstockException refusal) when (refusal.Kind is ErrorKind.NotFound or ErrorKind.Conflict or ErrorKind.Invalid)
            {
                _log.Enqueue($"{kind}: {refusal.Message}");
            }
        }

        private async Task ByHandAsync(Operator who, (string Kind, string Sql) statement)
        {
            try
            {
                int rows = await who.DoAsync(statement.Sql, Cancel);
                if (rows > 0)
                    Count(statement.Kind);
                _log.Enqueue($"{rows} rows: {statement.Sql}");
            }
            catch (PostgresException refusal) when (Refusals.Contains(refusal.SqlState))
            {
                if (statement.Sql.StartsWith("begin", StringComparison.Ordinal))
                    await who.DoAsync("rollback", Cancel);
                _log.Enqueue($"{statement.Sql}: {refusal.MessageText}");
            }
        }

        private void Count(string kind)
        {
            done.AddOrUpdate(kind, 1, (_, n) => n + 1);
            if (kind.StartsWith("engine", StringComparison.Ordinal))
                _log.Enqueue(kind);
        }

        private async Task LearnJobsAsync()
        {
            foreach (string id in await person.ReadAsync("select id from job order by seq", Cancel))
            {
                if (!_jobs.Contains(Guid.Parse(id)))
                    _jobs.Add(Guid.Parse(id));
            }
        }

        private async Task CheckAsync(bool rules)
        {
            Assert.Empty(await HintRules.ViolationsAsync(engine.Database, Cancel));
            await CheckCountersAsync();
            if (rules)
                Assert.DoesNotContain(await StoreRules.ViolationsAsync(engine.Database, Cancel), r => !r.StartsWith("I8: queued job", StringComparison.Ordinal));
        }

        // What the queues have counted is what the histories tell, read before anything of them is deleted.
        private async Task CheckCountersAsync()
        {
            List<(long Id, string Name)> told = await engine.Database.ReadAsync(
                async (session, token) =>
                {
                    using SqlStatement read = session.Statement(NewEventsSql).Bind("after", _lastEvent);
                    return await read.QueryAsync(row => (row.GetInt64(0), row.GetString(1)), token);
                },
                Cancel);
            foreach ((long id, string name) in told)
            {
                _lastEvent = id;
                if (_ended.TryGetValue(name, out long count))
                    _ended[name] = count + 1;
            }
            IReadOnlyList<QueueState> queues = await engine.Reader.QueuesAsync(Cancel);
            Assert.Equal(
                (_ended["job.succeeded"], _ended["job.failed"] + _ended["job.timeout"], _ended["job.cancelled"]),
                (queues.Sum(q => q.Succeeded), queues.Sum(q => q.Failed), queues.Sum(q => q.Cancelled)));
            Assert.Empty(await person.ReadAsync(
                "select j.id, j.attempt from job j where j.attempt <> (select count(*) from job_event e where e.job_id = j.id and e.event = 'job.started')", Cancel));
        }

        private async Task FinishAsync(RandomEngine calls)
        {
            await person.DoAsync("update job set run_at = null where status = 'queued' and run_at is not null", Cancel);
            await calls.FinishAllAsync();
            await CheckAsync(rules: true);
            // What is left waits for a failure that nobody has mended, or for a child that does.
            Assert.Empty(await person.ReadAsync("""
                select j.id, j.status, j.waiting_for from job j
                 where j.status in ('queued', 'running') and j.waiting_for is distinct from 'dependencies' and j.waiting_for is distinct from 'children'
                """, Cancel));
        }
    }

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
