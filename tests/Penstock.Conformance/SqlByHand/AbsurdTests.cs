using Npgsql;
using Penstock.Conformance.Stores;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>Jobs under the names of another system, in a database of their own and for a role that is no superuser.</summary>
public sealed class AbsurdTests : StoreConformance
{
    private const string Database = "absurd_tests";
    private readonly Lazy<string> _path = new(
        () =>
        {
            PostgresStore.RequireServer();
            return PostgresServer.Shared.NewDatabase(Database, "plain");
        });

    protected override string StorePath => _path.Value;

    [Fact]
    public async Task A_task_is_a_job_under_other_names()
    {
        Guid running = await EnqueueAsync(with: job => job with { Priority = 1 });
        await ClaimAsync();
        await EnqueueAsync();
        Assert.Equal(
            [$"{running}|nothing|{{}}|claimed|1|0|worker-a|True|work", ""],
            (await ReadAsync("""
                select task_id, task_name, params, status, priority, retry_count, worker_id, claimed_at <= last_heartbeat, queue_name from absurd.t_tasks
                 where status = 'claimed' union all select null, null, null, null, null, null, null, null, null
                """)).Select(row => row.TrimEnd('|')));
        Assert.Equal(["claimed|1", "pending|1"], await ReadAsync("select status, count(*) from absurd.tasks group by status order by status"));
    }

    [Fact]
    public async Task Tasks_are_inserted_changed_and_deleted()
    {
        await DoAsync("""insert into absurd.t_tasks (task_name, params, queue_name) values ('nothing', '{"a": 1}', 'work'), ('nothing', null, null)""");
        Assert.Equal(2, await DoAsync("""update absurd.tasks set priority = 100, params = '{}' where status = 'pending'"""));
        JobLease lease = await ClaimAsync();
        Assert.Equal(1, await DoAsync("update absurd.t_tasks set status = 'failed', error = 'Odd.' where status = 'claimed'"));
        Assert.False(await FinishAsync(Succeeded(lease)));
        Assert.Equal(("FailedByHand", "Odd."), await ErrorAsync(lease.JobId));
        Assert.Equal(1, await DoAsync(
            "update absurd.t_tasks set status = 'pending', error = null, claimed_at = null, worker_id = null, retry_count = 0 where status = 'failed'"));
        Assert.Equal((null, null), await ErrorAsync(lease.JobId));
        Assert.Equal(2, (await ClaimManyAsync("worker-a")).Count);
        Assert.Equal(1, await DoAsync($"update absurd.tasks set status = 'cancelled' where task_id = '{lease.JobId}'"));
        Assert.Equal(1, await DoAsync("delete from absurd.t_tasks where status = 'cancelled'"));
        Assert.Null(await Engine.Reader.FindAsync(lease.JobId, Cancel));
        Assert.Empty(await HintRules.ViolationsAsync(Engine.Database, Cancel));
    }

    [Theory]
    [InlineData("update absurd.t_tasks set status = 'done'", "'done'")]
    [InlineData("update absurd.t_tasks set status = 'claimed'", "only the claim")]
    [InlineData("update absurd.t_tasks set task_id = gen_random_uuid()", "task_id cannot be changed")]
    [InlineData("update absurd.t_tasks set worker_id = 'me'", "worker_id")]
    [InlineData("update absurd.t_tasks set retry_count = 3", "retry_count")]
    [InlineData("update absurd.t_tasks set last_heartbeat = now()", "last_heartbeat")]
    [InlineData("insert into absurd.t_tasks (task_name, status) values ('nothing', 'claimed')", "is not claimed")]
    [InlineData("insert into absurd.t_tasks (task_name) values ('never.seen')", "queue_name is missing")]
    public async Task What_cannot_be_right_is_refused(string sql, string word)
    {
        await EnqueueAsync();
        PostgresException refusal = await Assert.ThrowsAsync<PostgresException>(() => DoAsync(sql));
        Assert.Contains(word, refusal.MessageText, StringComparison.Ordinal);
        Assert.NotNull(refusal.Hint);
    }

    [Fact]
    public async Task A_task_that_a_worker_takes_while_the_statement_waits_is_left_alone()
    {
        Guid id = await EnqueueAsync();
        await using Operator engine = await Operator.ConnectAsync(StorePath, Cancel);
        await engine.DoAsync("select pg_advisory_lock(hashtext('penstock'), hashtext(current_schema()))", Cancel);
        await using Operator person = await Operator.ConnectAsync(StorePath, Cancel);
        Task<int> waits = person.DoAsync("update absurd.t_tasks set status = 'cancelled' where status = 'pending'", Cancel);
        while ((await engine.ReadAsync("select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())", Cancel)).Length == 0)
            await Task.Yield();
        await engine.DoAsync($"set penstock.engine = on; update job set status = 'running', started_at = now() where id = '{id}'", Cancel);
        await engine.DoAsync("select pg_advisory_unlock_all()", Cancel);
        Assert.Equal(0, await waits);
        Assert.Equal(JobStatus.Running, (await JobAsync(id)).Status);
    }

    [Fact]
    public async Task The_first_Penstock_of_a_database_has_the_names_and_keeps_them()
    {
        await EnqueueAsync();
        await DoAsync("create schema second");
        await using (TestEngine second = await StartAsync(StorePath + ";Search Path=second"))
            Assert.Equal(["1"], await ReadAsync("select count(*) from absurd.t_tasks"));
        Assert.Equal(["not made: the schema absurd is used already"], await ReadAsync("set search_path = second; select penstock_absurd()"));
        Assert.Equal(["made"], await ReadAsync("select penstock_absurd()"));
        await DoAsync("drop schema absurd cascade");
        Assert.Equal(["made"], await ReadAsync("set search_path = second; select penstock_absurd()"));
        Assert.Equal(["0"], await ReadAsync("select count(*) from absurd.t_tasks"));
    }

    [Fact]
    public async Task A_schema_of_this_name_that_is_somebody_elses_is_left_alone()
    {
        await DoAsync("drop schema absurd cascade; create schema absurd; create table absurd.queues (name text)");
        Assert.Equal(["not made: the schema absurd is used already"], await ReadAsync("select penstock_absurd()"));
        await DoAsync("drop schema absurd cascade");
        PostgresServer.Shared.Execute(Database, "create schema absurd");
        Assert.Equal(["not made: the schema absurd belongs to another role"], await ReadAsync("select penstock_absurd()"));
        PostgresServer.Shared.Execute(Database, "drop schema absurd; alter database absurd_tests owner to penstock; grant create on schema public to plain");
        Assert.Equal([$"not made: role plain may not create the schema absurd in database {Database}"], await ReadAsync("select penstock_absurd()"));
        await using TestEngine none = await StartAsync(StorePath); // No reason not to start.
    }

    [Fact]
    public async Task Without_the_extension_there_is_no_view_of_statements() => Assert.Equal(
        ["not made: the extension pg_stat_statements is not in this database"], await ReadAsync("select penstock_stat_statements()"));

    private static Task<TestEngine> StartAsync(string store) =>
        TestEngine.StartAsync(builder => builder.AddOperation<Nothing>("nothing", Queue, "Does nothing."), store);

    private async Task<(string?, string?)> ErrorAsync(Guid id)
    {
        Job job = await JobAsync(id);
        return (job.ErrorCode, job.ErrorMessage);
    }

    private Task<int> DoAsync(string sql) => Operator.DoAsync(StorePath, sql, Cancel);

    private Task<string[]> ReadAsync(string sql) => Operator.ReadAsync(StorePath, sql, Cancel);
}
