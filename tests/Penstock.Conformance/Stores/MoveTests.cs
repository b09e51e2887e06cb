using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Postgres;
using Penstock.Postgres.Moving;
using Penstock.Proteins;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>An embedded store with something of everything in it, moved to a server.</summary>
public sealed class MoveTests : StoreConformance
{
    private readonly PostgresStore _server = new();

    protected override string StorePath { get; } = TestFolder.NewFile("penstock.db");

    [Fact]
    public async Task All_that_can_be_asked_of_a_store_is_answered_alike_after_the_move()
    {
        Contents was = await FillAsync();
        string before = await AnswersAsync(Engine);
        IReadOnlyList<MovedTable> moved = await MoveAsync();
        await using TestEngine served = await StartEngineAsync(_server.Path);

        Assert.Equal(before, await AnswersAsync(served));
        string[] empty = [.. moved.Where(t => t.Rows == 0).Select(t => t.Table)];
        // What the engine is about was there to be moved.
        Assert.Empty(empty.Intersect(
            ["job", "job_event", "batch", "batch_stage", "batch_ledger", "item", "claim", "dead_letter", "dead_letter_action", "job_dependency", "job_unique",
             "job_step", "signal", "signal_wait", "resource", "resource_hold", "rate_start", "schedule", "counter", "queue", "embedding_config"]));
        Assert.DoesNotContain(moved, t => t.Table is "worker" or "ready" or "schema_version");
        // These two wait for something else than their turn.
        await AssertSoundAsync(served, was.Dependent, was.Signalled);
    }

    [Fact]
    public async Task The_moved_engine_goes_on_where_the_old_one_stopped()
    {
        Contents was = await FillAsync();
        long lastEvent = await Engine.Reader.LastEventIdAsync(Cancel);
        await MoveAsync();
        await using TestEngine served = await StartEngineAsync(_server.Path);
        await served.Store.BeatAsync(Beat("worker-n") with { Registers = true }, Cancel);

        IReadOnlyList<UnitLease> waiting = await ClaimAsync(served);
        Assert.Contains(was.Waiting, Jobs(waiting));
        Assert.DoesNotContain(was.Running, Jobs(waiting));
        Assert.DoesNotContain(was.Later, Jobs(waiting));
        Assert.DoesNotContain(was.Dependent, Jobs(waiting));
        Assert.Equal(was.ItemsWaiting, waiting.OfType<ItemLease>().Count());
        Assert.True(waiting.Min(l => l.Fence) > was.LastFence);

        // The holder of the running ones is on no list any more.
        RecoveryReport recovered = await served.Store.RecoverAsync(Lease, 3, [], Cancel);
        Assert.Equal(was.Held, recovered.Requeued);
        Assert.Contains(was.Running, Jobs(await ClaimAsync(served)));

        // Numbers go on behind the greatest ever given, also where that row was deleted.
        Guid fresh = (await served.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel)).JobId;
        Assert.All(await served.Reader.EventsAsync(fresh, null, 10, Cancel), e => Assert.True(e.Id > lastEvent));
        JobLease next = (JobLease)Assert.Single(await ClaimAsync(served));
        Assert.Equal(fresh, next.JobId);
        Assert.True(next.Seq > was.LastSeq);

        // Keys and ties hold: the unique key is taken, the signal wakes its waiter, the prerequisite frees its dependent.
        Assert.Equal(new EnqueueResult(was.Unique, Existed: true), await served.Client.EnqueueAsync(new NewJob("nothing", "{}") { UniqueKey = "only-one" }, Cancel));
        await served.Client.SendSignalAsync("go", "1", "ada", Cancel);
        Assert.Contains(was.Signalled, Jobs(await ClaimAsync(served)));
        await served.Store.ExchangeAsync([Succeeded(waiting.OfType<JobLease>().Single(l => l.JobId == was.Waiting))], null, Cancel);
        Assert.Contains(was.Dependent, Jobs(await ClaimAsync(served)));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Contains(was.Later, Jobs(await ClaimAsync(served)));
        await AssertSoundAsync(served, was.Parked);
    }

    [Fact]
    public async Task Blobs_keys_and_text_that_the_server_cannot_hold_arrive()
    {
        await ByHandAsync("insert into sequence (id, sequence, sequence_hash, length, created_at) values (41, 'MKV', 'h', 3, '2026-03-01T12:00:00.000001Z')");
        await ByHandAsync("insert into sequence (id, sequence, sequence_hash, length, created_at) values (40, 'MKL', 'g', 3, '2026-03-01 12:00:00.12345678')");
        await ByHandAsync("""
            insert into sequence_embedding (id, embedding_config_id, sequence_id, embedding, embedding_dim, created_at)
            select 9, id, 41, x'00ff10', 1, created_at from embedding_config
            """);
        await ByHandAsync("insert into audit_log (id, at, kind, actor) values (7, '2026-03-01T12:00:00.000000Z', 'k', 'a' || char(0) || 'b')");
        await ByHandAsync("delete from sequence_embedding where id = 9; ");
        await ByHandAsync("""
            insert into sequence_embedding (id, embedding_config_id, sequence_id, embedding, embedding_dim, created_at)
            select 5, id, 41, x'00ff10', 1, created_at from embedding_config
            """);
        await MoveAsync();
        await using PostgresDatabase served = Served();

        Assert.Equal("5:00ff10:41", await ServedAsync(served, "select id || ':' || encode(embedding, 'hex') || ':' || sequence_id from sequence_embedding"));
        Assert.Equal("a\uFFFDb", await ServedAsync(served, "select actor from audit_log"));
        Assert.Equal("12:00:00.123456 12:00:00.000001", await ServedAsync(served, "select string_agg(to_char(created_at, 'HH24:MI:SS.US'), ' ' order by id) from sequence"));
        Assert.Equal("42", await ServedAsync(served, "select nextval(pg_get_serial_sequence('sequence', 'id'))::text"));
        // Ids of embeddings are never used again, not even deleted ones.
        Assert.Equal("10", await ServedAsync(served, "select nextval(pg_get_serial_sequence('sequence_embedding', 'id'))::text"));
        Assert.Equal("8", await ServedAsync(served, "select nextval(pg_get_serial_sequence('audit_log', 'id'))::text"));
    }

    [Fact]
    public async Task A_database_with_rows_is_refused_by_table_and_count()
    {
        await EnqueueAsync();
        string before;
        await using (TestEngine other = await StartEngineAsync(_server.Path))
        {
            await other.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel);
            await other.Client.EnqueueAsync(new NewJob("nothing", "{}"), Cancel);
            before = await AnswersAsync(other);
        }
        MoveTargetNotEmptyException refused = await Assert.ThrowsAsync<MoveTargetNotEmptyException>(() => MoveAsync());
        Assert.Matches(@"job 2, job_event 2, .*queue \d", refused.Message);
        Assert.DoesNotContain("counter", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("embedding_config", refused.Message, StringComparison.Ordinal);
        await using (PostgresDatabase served = Served())
            await Assert.ThrowsAsync<MoveTargetNotEmptyException>(() => new TableMove(served, Engine.Database, Time).CheckEmptyAsync(Cancel));
        await using TestEngine same = await StartEngineAsync(_server.Path);
        Assert.Equal(before, await AnswersAsync(same));
    }

    [Theory]
    [InlineData("create table notes (id integer primary key)", "notes")]
    [InlineData("alter table signal add column colour text", "signal differs between the databases in colour")]
    public async Task What_has_no_place_on_the_server_is_refused(string change, string named)
    {
        await EnqueueAsync();
        await ByHandAsync(change);
        MoveSchemaDiffersException refused = await Assert.ThrowsAsync<MoveSchemaDiffersException>(() => MoveAsync());
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        await AssertUntouchedAsync();
    }

    [Fact]
    public async Task A_row_that_the_server_refuses_leaves_nothing_behind()
    {
        await EnqueueAsync();
        await ByHandAsync("insert into signal (name, payload, sent_at) values ('s', 'no json', '2026-03-01T12:00:00.000000Z')");
        MoveFailedException refused = await Assert.ThrowsAsync<MoveFailedException>(() => MoveAsync());
        Assert.StartsWith("Table signal: PostgreSQL refused row 1", refused.Message, StringComparison.Ordinal);
        await AssertUntouchedAsync();
    }

    [Theory]
    [InlineData("new.sent_by = 'eve'; return new", "all 2 rows arrived, but not with the values that were sent")]
    [InlineData("if new.name = 'b' then return null; end if; return new", "2 rows in the old database, 2 sent, 1 arrived")]
    public async Task Rows_that_arrive_otherwise_than_they_were_sent_are_not_committed(string trigger, string told)
    {
        await Engine.Client.SendSignalAsync("a", "1", "ada", Cancel);
        await Engine.Client.SendSignalAsync("b", "2", "bob", Cancel);
        await MigrateAsync();
        await using (PostgresDatabase served = Served())
        {
            await ServedAsync(served, $"create function spoil() returns trigger language plpgsql as $$ begin {trigger}; end $$; create trigger spoil before insert on signal for each row execute function spoil()");
            MoveFailedException refused = await Assert.ThrowsAsync<MoveFailedException>(() => new TableMove(served, Engine.Database, Time).RunAsync(_ => { }, Cancel));
            Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        }
        await AssertUntouchedAsync();
    }

    protected override PenstockBuilder Configure(PenstockBuilder builder) => Areas(builder).AddResource("gpu", 1, new RateLimit(100, TimeSpan.FromMinutes(1)));

    private static PenstockBuilder Areas(PenstockBuilder builder) => builder
        .AddMigrations("ops", 10, typeof(OpsServices).Assembly).AddMigrations("proteins", 20, typeof(ProteinServices).Assembly);

    private sealed record Contents(
        Guid Waiting, Guid Running, Guid Later, Guid Dependent, Guid Unique, Guid Signalled, Guid Parked, int Held, int ItemsWaiting, long LastSeq, long LastFence);

    /// <summary>Jobs in every status and every kind of wait, and what hangs on them.</summary>
    private async Task<Contents> FillAsync()
    {
        await EnqueueAsync();
        await FinishAsync(Succeeded(await ClaimAsync(), """{"n":1,"text":"ünï"}"""));
        Guid failed = await EnqueueAsync(with: job => job with { Payload = """{"url":"wrong"}""", Meta = """{"by":"ada"}""", IdempotencyKey = "once" });
        await FinishAsync(Threw(await ClaimAsync()));
        DeadLetter letter = await OnlyDeadLetterAsync();
        IDeadLetterStore letters = Engine.Services.GetRequiredService<IDeadLetterStore>();
        await letters.ReviewAsync(letter.Id, new DeadLetterReview("ada", "high", "asked the data team"), "ada", Cancel);
        await letters.EditAsync(letter.Id, """{"url":"right"}""", "typo", "bob", Cancel);
        await Engine.Client.CancelAsync(await EnqueueAsync(), "not needed", Cancel);

        Guid signalled = await EnqueueAsync();
        JobLease waits = await ClaimAsync();
        await Store.StoreStepAsync(waits, new StepDraft("extract", StepKind.Step, "[1]", TimeSpan.FromSeconds(1.5)), Cancel);
        Assert.Null(await Store.AwaitSignalAsync(waits, "go", "go", null, Cancel));
        Assert.True(await FinishAsync(new Completion.Suspended(waits, new Suspension.Signal("go"))));
        await Engine.Client.SendSignalAsync("sent", """{"a":1}""", "ada", Cancel);

        await DispatchAsync(items: 5, failureRatio: 0.5);
        IReadOnlyList<UnitLease> items = await ClaimManyAsync("worker-a", 3);
        await FinishAsync(Returned((ItemLease)items[0], next: new { })); // To the second stage.
        await FinishAsync(Threw(items[1]));

        Dictionary<string, int> gpu = new() { ["gpu"] = 1 };
        Guid running = await EnqueueAsync(with: job => job with { Resources = gpu, Priority = 9 });
        JobLease held = await ClaimAsync();
        Guid parked = await EnqueueAsync(with: job => job with { Resources = gpu, Priority = 8 });
        await ClaimManyAsync("worker-b", 1);
        Guid waiting = await EnqueueAsync(with: job => job with { Priority = -3 });
        Guid dependent = await EnqueueAsync(with: job => job with { DependsOn = [waiting] });
        Guid later = await EnqueueAsync(with: job => job with { Delay = TimeSpan.FromMinutes(30) });
        Guid unique = await EnqueueAsync(with: job => job with { UniqueKey = "only-one", Delay = TimeSpan.FromDays(9) });
        await Engine.Services.GetRequiredService<IScheduleClient>().SetAsync(new ScheduleDefinition("hourly", "nothing", "0 * * * *"), Cancel);
        Guid gone = await EnqueueAsync(with: job => job with { Priority = 100 });
        await FinishAsync(Succeeded(await ClaimAsync()));
        long lastSeq = await AskAsync("select max(seq) from job");
        await Engine.Client.DeleteAsync(gone, Cancel);
        Assert.Equal(JobStatus.Failed, (await JobAsync(failed)).Status);
        return new Contents(
            waiting, running, later, dependent, unique, signalled, parked, (int)await AskAsync("select count(*) from claim"),
            (int)await AskAsync("select count(*) from item i where not exists (select 1 from claim c where c.kind = 1 and c.seq = i.seq)"), lastSeq, held.Fence);
    }

    /// <param name="withoutHint">Jobs that rightly are not in line.</param>
    private static async Task AssertSoundAsync(TestEngine engine, params Guid[] withoutHint) => Assert.Equal(
        withoutHint.Select(id => $"I8: queued job {id} has no hint").Order(), (await StoreRules.ViolationsAsync(engine.Database, Cancel)).Order());

    /// <summary>What the readers of a store say about all that is in it.</summary>
    private static async Task<string> AnswersAsync(TestEngine engine)
    {
        IJobReader reader = engine.Reader;
        IFlowReader flow = engine.Services.GetRequiredService<IFlowReader>();
        IDeadLetterStore letters = engine.Services.GetRequiredService<IDeadLetterStore>();
        List<object> answers = [];
        foreach (Job job in await reader.ListAsync(new JobFilter(Limit: 1_000), Cancel))
        {
            answers.Add(job);
            answers.Add(await reader.EventsAsync(job.Id, 0, 1_000, Cancel));
            answers.Add(await flow.FlowAsync(job.Id, Cancel));
            answers.Add(await reader.BatchAsync(job.Id, Cancel));
        }
        foreach (DeadLetter letter in await reader.DeadLettersAsync(new DeadLetterFilter(Limit: 1_000), Cancel))
            answers.AddRange([letter, await letters.ActionsAsync(letter.Id, Cancel)]);
        answers.Add(await reader.RecentEventsAsync(new RecentEventFilter(Limit: 1_000), Cancel));
        // Workers are not moved; what was parked at a resource stands in line again until a claim looks at it.
        answers.Add((await reader.QueuesAsync(Cancel)).Select(q => q with { Workers = 0, Ready = q.Ready + q.Parked, Parked = 0, OldestReadyAt = null }));
        answers.Add((await engine.Services.GetRequiredService<IResourceReader>().ResourcesAsync(Cancel)).Select(r => r with { Waiting = 0 }));
        answers.Add(await flow.SignalsAsync(new SignalFilter(), Cancel));
        answers.Add(await engine.Services.GetRequiredService<IScheduleStore>().ListAsync(Cancel));
        return string.Join('\n', answers.Select(a => JsonSerializer.Serialize(a, a.GetType())));
    }

    private async Task<IReadOnlyList<MovedTable>> MoveAsync()
    {
        await MigrateAsync();
        await using PostgresDatabase served = Served();
        return await new TableMove(served, Engine.Database, Time).RunAsync(_ => { }, Cancel);
    }

    private async Task MigrateAsync()
    {
        await using PostgresDatabase served = Served();
        await new Migrator(served, Engine.Services.GetServices<MigrationSource>(), Time).MigrateAsync(Cancel);
    }

    private PostgresDatabase Served() => new(new PostgresOptions(_server.Path), Time, NullLogger<PostgresDatabase>.Instance);

    /// <summary>The target is a new database still: another move succeeds once what stood in the way is gone.</summary>
    private async Task AssertUntouchedAsync()
    {
        await using PostgresDatabase served = Served();
        Assert.Equal("0 0 0 1", await ServedAsync(served, """
            select concat_ws(' ', (select count(*) from job), (select count(*) from signal), (select value from counter), (select count(*) from engine_epoch))
            """));
        await new TableMove(served, Engine.Database, Time).CheckEmptyAsync(Cancel);
        Assert.Equal("1", await ServedAsync(served, "select nextval(pg_get_serial_sequence('job', 'seq'))::text"));
    }

    private static async Task<IReadOnlyList<UnitLease>> ClaimAsync(TestEngine engine) =>
        (await engine.Store.ExchangeAsync([], new ClaimRequest("worker-n", [Queue, SingletonQueue, "items"], 100), Cancel)).Leases;

    private static IEnumerable<Guid> Jobs(IEnumerable<UnitLease> leases) => leases.OfType<JobLease>().Select(l => l.JobId);

    private Task<long> AskAsync(string sql) => Engine.Database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement ask = session.Statement(sql);
            return await ask.ScalarAsync<long>(token);
        },
        Cancel);

    private Task ByHandAsync(string sql) => Engine.Database.WriteAsync(
        async (session, token) =>
        {
            using SqlStatement write = session.Statement(sql);
            await write.ExecuteAsync(token);
        },
        Cancel);

    /// <returns>The first value, as text.</returns>
    private static Task<string?> ServedAsync(PostgresDatabase served, string sql) => served.ReadAsync(
        async (session, token) =>
        {
            using System.Data.Common.DbCommand ask = session.Connection.CreateCommand();
            ask.CommandText = sql;
            return (string?)await ask.ExecuteScalarAsync(token);
        },
        Cancel);
}
