using Npgsql;
using Penstock.Conformance.Stores;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>SQL by hand takes its turn among the engine's transactions, acts in the engine's schema, and wakes who has to know.</summary>
public sealed class TurnTests : SqlByHandTests
{
    private const string TurnSql = "select pg_advisory_lock(hashtext('penstock'), hashtext(current_schema()))";

    [Theory]
    [InlineData("update job set priority = 1")]
    [InlineData("update job set priority = 1 where false")]
    [InlineData("insert into job (operation, queue_name) values ('nothing', 'work')")]
    [InlineData("delete from job where false")]
    [InlineData("insert into job_event (job_id, event) select id, 'seen' from job")]
    public async Task A_statement_waits_until_no_transaction_of_the_engine_is_under_way(string sql)
    {
        await EnqueueAsync();
        await using Operator engine = await Operator.ConnectAsync(StorePath, Cancel);
        await engine.DoAsync(TurnSql, Cancel);
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        await person.DoAsync("set lock_timeout = '50ms'", Cancel);
        PostgresException late = await Assert.ThrowsAsync<PostgresException>(() => person.DoAsync(sql, Cancel));
        Assert.Equal(PostgresErrorCodes.LockNotAvailable, late.SqlState);
        await engine.DoAsync("select pg_advisory_unlock_all()", Cancel);
        await person.DoAsync(sql, Cancel);
    }

    [Fact]
    public async Task It_takes_the_turn_before_it_locks_a_row()
    {
        await EnqueueAsync();
        await using Operator engine = await Operator.ConnectAsync(StorePath, Cancel);
        await engine.DoAsync(TurnSql, Cancel);
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        Task<int> waits = person.DoAsync("update job set priority = 1", Cancel);
        while ((await engine.ReadAsync("select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database()) and objid = hashtext(current_schema())::oid", Cancel)).Length == 0)
            await Task.Yield();
        await engine.DoAsync("select 1 from job for update nowait", Cancel); // Free: no deadlock can come of it.
        await engine.DoAsync("select pg_advisory_unlock_all()", Cancel);
        Assert.Equal(1, await waits);
    }

    [Fact]
    public async Task A_transaction_that_has_the_turn_and_does_nothing_is_ended_by_the_server_unless_it_says_otherwise()
    {
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        await using NpgsqlTransaction first = await person.Connection.BeginTransactionAsync(Cancel);
        await person.DoAsync("update job set priority = 1", Cancel);
        Assert.Equal(["10s"], await person.ReadAsync("show idle_in_transaction_session_timeout", Cancel));
        await first.RollbackAsync(Cancel);
        Assert.Equal(["0"], await person.ReadAsync("show idle_in_transaction_session_timeout", Cancel));
        await using NpgsqlTransaction second = await person.Connection.BeginTransactionAsync(Cancel);
        await person.DoAsync("set local idle_in_transaction_session_timeout = '1min'; update job set priority = 1", Cancel);
        Assert.Equal(["1min"], await person.ReadAsync("show idle_in_transaction_session_timeout", Cancel));
    }

    [Theory]
    [InlineData(System.Data.IsolationLevel.RepeatableRead)]
    [InlineData(System.Data.IsolationLevel.Serializable)]
    public async Task A_transaction_that_cannot_see_what_the_engine_commits_is_refused(System.Data.IsolationLevel level)
    {
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        await using NpgsqlTransaction transaction = await person.Connection.BeginTransactionAsync(level, Cancel);
        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => person.DoAsync("update job set priority = 1", Cancel));
        Assert.Contains("by hand", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_with_rights_on_jobs_alone_and_another_search_path_is_enough()
    {
        Guid id = await EnqueueAsync();
        string schema = (await ReadAsync("select current_schema()")).Single();
        string role = $"operator_{schema}";
        await DoAsync($"""
            create role {role} login; grant usage on schema {schema} to {role}; grant select, insert, update, delete on {schema}.job to {role}
            """);
        NpgsqlConnectionStringBuilder own = new(StorePath) { Username = role, SearchPath = "public" };
        await using (Operator person = await Operator.ConnectAsync(own.ConnectionString, Cancel))
        {
            await person.DoAsync($"update {schema}.job set status = 'failed' where id = '{id}'", Cancel);
            await person.DoAsync($"insert into {schema}.job (operation, queue_name) values ('nothing', 'work')", Cancel);
            PostgresException direct = await Assert.ThrowsAsync<PostgresException>(
                () => person.DoAsync($"select {schema}.penstock_cancel('{id}', null)", Cancel));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, direct.SqlState);
        }
        Assert.Equal($"{role} set it to failed in SQL.", (await JobAsync(id)).ErrorMessage);
        await AssertRightAsync();
        await DoAsync($"drop owned by {role}; drop role {role}");
    }

    [Fact]
    public async Task What_the_engine_writes_in_a_transaction_of_somebody_elses_connection_is_not_taken_for_SQL_by_hand()
    {
        Guid first = await EnqueueAsync();
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        await using (NpgsqlTransaction transaction = await person.Connection.BeginTransactionAsync(Cancel))
        {
            await Engine.Client.EnqueueManyAsync(
                [new NewJob("nothing", "{}") { DependsOn = [first], UniqueKey = "one" }, new NewJob("nothing", "{}")], transaction, Cancel);
            await transaction.CommitAsync(Cancel);
        }
        Assert.Equal(["3|3"], await person.ReadAsync("select count(*), (select count(*) from job_event) from job", Cancel));
        await AssertRightAsync();
        await person.DoAsync("update job set status = 'cancelled' where unique_key is not null", Cancel);
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_connection_that_calls_itself_the_engine_is_not_looked_after()
    {
        Guid id = await EnqueueAsync();
        await DoAsync("set penstock.engine = on; update job set status = 'running'");
        Assert.Equal(["job.created"], await EventNamesAsync(id));
        await DoAsync("set penstock.engine = on; update job set status = 'queued'");
        await DoAsync("set penstock.engine = on; update job set priority = 1; set penstock.engine = off; update job set priority = 0");
        Assert.Equal(["job.created", "job.reprioritised"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task A_worker_hears_of_jobs_and_of_lost_leases()
    {
        string store = PostgresStore.New();
        TaskCompletionSource began = new();
        TaskCompletionSource stopped = new();
        await using TestEngine engine = await TestEngine.StartAsync(
            builder =>
            {
                builder.Services.Add(Microsoft.Extensions.DependencyInjection.ServiceDescriptor.Singleton(new Ends(began, stopped)));
                builder.AddOperation<Lasting>("lasting", Queue, "Runs until it is stopped.").AddOperation<Nothing>("nothing", Queue, "Does nothing.");
            },
            store);
        engine.RunWorker();
        Guid lasting = (await engine.Client.EnqueueAsync(new NewJob("lasting", "{}"), Cancel)).JobId;
        await began.Task.WaitAsync(Cancel);
        await using Operator person = await Operator.ConnectAsync(store, Cancel);
        await person.DoAsync($"update job set status = 'cancelled' where id = '{lasting}'", Cancel);
        await stopped.Task.WaitAsync(Cancel);
        await person.DoAsync("insert into job (operation) values ('lasting'), ('lasting')", Cancel);
        await person.DoAsync("update job set operation = 'nothing', status = 'queued' where status <> 'cancelled'", Cancel);
        foreach (string id in await person.ReadAsync("select id from job where operation = 'nothing'", Cancel))
            Assert.Equal(JobStatus.Succeeded, (await engine.WaitForEndAsync(Guid.Parse(id))).Status);
        await engine.DrainAsync();
        Assert.Equal(JobStatus.Cancelled, (await engine.Reader.FindAsync(lasting, Cancel))!.Status);
    }

    private sealed record Ends(TaskCompletionSource Began, TaskCompletionSource Stopped);

    private sealed class Lasting(Ends ends) : Operation<Nothing.Payload, int>
    {
        public override async Task<int> RunAsync(Nothing.Payload payload, JobContext job, CancellationToken cancellationToken)
        {
            ends.Began.TrySetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                ends.Stopped.TrySetResult();
            }
            return 0;
        }
    }
}
