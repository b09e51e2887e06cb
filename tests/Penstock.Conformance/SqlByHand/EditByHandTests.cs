using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Xunit;

namespace Penstock.Conformance.SqlByHand;

/// <summary>Changes, inserts and deletes that are no change of status; and what is refused, with a message that says what to do.</summary>
public sealed class EditByHandTests : SqlByHandTests
{
    [Fact]
    public async Task Another_priority_queue_or_time_moves_the_hint()
    {
        Guid id = await EnqueueAsync();
        await EnqueueAsync();
        await DoAsync($"update job set priority = 3 where id = '{id}'");
        await AssertRightAsync();
        Assert.Equal(id, (await ClaimAsync()).JobId);
        Guid other = await EnqueueAsync();
        await DoAsync($"update job set queue_name = 'single', run_at = now() + interval '1 hour' where id = '{other}'");
        Assert.Equal(["1"], await ReadAsync("select count(*) from deferred where kind = 0"));
        await AssertRightAsync();
        await DoAsync($"update job set run_at = null where id = '{other}'");
        await AssertRightAsync();
        Assert.Equal(["job.created", "job.edited", "job.edited"], await EventNamesAsync(other));
        Assert.Equal(["job.created", "job.reprioritised", "job.started"], await EventNamesAsync(id));
    }

    [Fact]
    public async Task Another_payload_is_what_the_next_attempt_gets()
    {
        Guid id = await EnqueueAsync();
        JobLease lease = await ClaimAsync();
        await DoAsync("""update job set payload = '{"lines": 5}', max_attempts = 9""");
        Assert.True(await FinishAsync(Threw(lease, Time.GetUtcNow())));
        JobLease next = await ClaimAsync();
        Assert.Equal(("""{"lines": 5}""", 9), (next.Payload, next.MaxAttempts));
        Assert.Contains("\"columns\" : [\"payload\",\"max_attempts\"]", await FieldsAsync(id, "job.edited"), StringComparison.Ordinal);
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_failed_job_that_was_put_right_by_hand_is_redriven_as_it_is_now()
    {
        Guid id = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync()));
        await DoAsync("""update job set queue_name = 'single', payload = '{"n": 2}'""");
        DeadLetter letter = await OnlyDeadLetterAsync();
        Assert.Equal(("single", """{"n": 2}"""), (letter.QueueName, letter.Payload));
        await Store.RedriveAsync(letter.Id, "ada", Cancel);
        await AssertRightAsync();
        JobLease lease = await ClaimAsync();
        Assert.Equal((id, "single", """{"n": 2}"""), (lease.JobId, lease.QueueName, lease.Payload));
    }

    [Fact]
    public async Task A_job_inserted_with_few_columns_runs()
    {
        await EnqueueAsync("single");
        await ClaimAsync();
        await DoAsync("insert into job (operation, queue_name) values ('nothing', 'work')");
        await DoAsync("""insert into job (operation, payload) values ('single', '{"a": 1}')"""); // The queue of its kind.
        await AssertRightAsync();
        JobLease lease = await ClaimAsync();
        Job job = await JobAsync(lease.JobId);
        Assert.Equal(("nothing", "{}", 3, 1), (lease.Operation, lease.Payload, lease.MaxAttempts, lease.Attempt));
        Assert.Equal(7, job.Id.Version);
        Assert.True(await FinishAsync(Succeeded(lease)));
        Assert.Equal(["job.created", "job.started", "job.succeeded"], await EventNamesAsync(job.Id));
        Assert.Contains("\"source\" : \"sql\"", await FieldsAsync(job.Id, "job.created"), StringComparison.Ordinal);
        Assert.Equal(["single|queued"], await ReadAsync("select queue_name, status from job where payload::text like '%a%'"));
    }

    [Fact]
    public async Task Work_that_was_done_elsewhere_can_be_inserted_as_ended()
    {
        await DoAsync("""
            insert into job (operation, queue_name, status, finished_at, error_message)
            values ('nothing', 'work', 'succeeded', '2025-05-04 03:02:01Z', null), ('nothing', 'work', 'failed', null, 'It rained.')
            """);
        Assert.Empty(await ClaimManyAsync("worker-a"));
        Assert.Equal((1, 1), (await EndedAsync(Queue, q => q.Succeeded), await EndedAsync(Queue, q => q.Failed)));
        Assert.Equal("It rained.", (await OnlyDeadLetterAsync()).ErrorMessage);
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_deleted_job_leaves_nothing_and_lets_go_who_waited_for_it()
    {
        Guid failed = await EnqueueAsync();
        await FinishAsync(Threw(await ClaimAsync()));
        Guid queued = await EnqueueAsync(with: job => job with { UniqueKey = "one" });
        Guid dependent = await EnqueueAsync(with: job => job with { DependsOn = [queued] });
        Assert.Equal(2, await DoAsync($"delete from job where id in ('{failed}', '{queued}')"));
        Assert.Equal((JobStatus.Cancelled, null), await StateAsync(dependent));
        Assert.Equal(["0|0|0"], await ReadAsync($"""
            select (select count(*) from job_event where job_id in ('{failed}', '{queued}')), (select count(*) from dead_letter),
                   (select count(*) from job_unique)
            """));
        await AssertRightAsync();
    }

    [Fact]
    public async Task Thousands_of_jobs_are_deleted_together()
    {
        await DoAsync("""
            insert into job (operation, queue_name, status, finished_at)
            select 'nothing', 'work', 'cancelled', now() - interval '31 days' from generate_series(1, 5000)
            """);
        Assert.Equal(5_000, await DoAsync("delete from job where finished_at < now() - interval '30 days'"));
        Assert.Equal(["0"], await ReadAsync("select count(*) from job_event"));
    }

    [Fact]
    public async Task An_event_is_inserted_without_an_id_and_seen_in_the_history()
    {
        Guid id = await EnqueueAsync();
        await DoAsync($"insert into job_event (job_id, event, level, message) values ('{id}', 'job.looked_at', 'warning', 'Odd.')");
        JobEvent last = (await Engine.Reader.EventsAsync(id, 0, 100, Cancel))[^1];
        Assert.Equal(("job.looked_at", JobEventLevel.Warning, "Odd.", "{}"), (last.Name, last.Level, last.Message, last.Fields));
        await RefusedAsync($"insert into job_event (job_id, event) values ('{NewId()}', 'x')", "there is no job");
        await RefusedAsync($"insert into job_event (job_id, event, level) values ('{id}', 'x', 'warn')", "'warn'");
        await RefusedAsync($"insert into job_event (id, job_id, event) values (1000, '{id}', 'x')", "1000");
        await RefusedAsync("update job_event set message = 'Never was.'", "cannot be changed");
        Assert.Equal(2, await DoAsync("delete from job_event"));
    }

    [Theory]
    [InlineData("update job set status = 'running'", "only the claim")]
    [InlineData("update job set fence = 7", "fence 7")]
    [InlineData("update job set attempt = 0 where status = 'running'", "from 1 to 0")]
    [InlineData("update job set id = gen_random_uuid()", "id and seq")]
    [InlineData("update job set parent_job_id = gen_random_uuid()", "parent")]
    [InlineData("update job set worker_id = 'me'", "worker_id")]
    [InlineData("update job set waiting_for = 'signal'", "from null to signal")]
    [InlineData("update job set finished_at = now() where status = 'running'", "cannot have been finished")]
    [InlineData("update job set started_at = now() where status = 'queued'", "started_at")]
    [InlineData("update job set priority = 5000", "5000", "-1000 to 1000")]
    [InlineData("update job set max_attempts = 0", "max_attempts 0")]
    [InlineData("update job set failures = -1", "failures -1")]
    [InlineData("update job set payload = '[1]'", "no JSON object")]
    [InlineData("""update job set payload = '{"$encrypted":{}}'""", "$encrypted")]
    [InlineData("update job set queue_name = 'elsewhere' where status = 'queued'", "'elsewhere'")]
    [InlineData("update job set queue_name = 'single' where status = 'running'", "while it runs")]
    [InlineData("""update job set resources = '{"gpu": 0}' where status = 'queued'""", "resources")]
    [InlineData("update job set progress_current = 5, progress_total = 3", "progress 5 of 3")]
    [InlineData("update job set timeout_seconds = 0", "timeout_seconds 0")]
    [InlineData("update job set unique_key = ' '", "a key has")]
    [InlineData("update job set status = 'failed' where status = 'succeeded'", "cannot become failed")]
    [InlineData("delete from job", "is running and cannot be deleted")]
    [InlineData("truncate job", "truncated")]
    [InlineData("insert into job (queue_name) values ('work')", "operation is missing")]
    [InlineData("insert into job (operation) values ('never.seen')", "queue_name is missing", "'never.seen'")]
    [InlineData("insert into job (operation, queue_name, status) values ('nothing', 'work', 'running')", "status running")]
    [InlineData("insert into job (operation, queue_name, finished_at) values ('nothing', 'work', now())", "has not been started")]
    [InlineData("insert into job (operation, queue_name, parent_job_id) values ('nothing', 'work', gen_random_uuid())", "to be its parent")]
    [InlineData("insert into job (operation, queue_name) select 'nothing', 'work' from generate_series(1, 10001)", "more jobs than one may")]
    public async Task What_cannot_be_right_is_refused(string sql, params string[] words)
    {
        await FinishAsync(Succeeded(await ClaimNewAsync()));
        await ClaimNewAsync();
        await EnqueueAsync();
        string[] before = await ReadAsync("select to_json(j) from job j order by seq");
        await RefusedAsync(sql, words);
        Assert.Equal(before, await ReadAsync("select to_json(j) from job j order by seq"));
        await AssertRightAsync();
    }

    [Fact]
    public async Task A_job_that_waits_for_others_stays_without_a_hint_whatever_is_changed_of_it()
    {
        Guid first = await EnqueueAsync();
        Guid second = await EnqueueAsync(with: job => job with { DependsOn = [first] });
        await DoAsync($"update job set priority = 9, queue_name = 'single', run_at = now() where id = '{second}'");
        await RefusedAsync($"update job set waiting_for = null where id = '{second}'", "from dependencies to null");
        await AssertRightAsync();
        Assert.Equal(first, (await ClaimAsync()).JobId);
    }

    private async Task<JobLease> ClaimNewAsync()
    {
        await EnqueueAsync();
        return await ClaimAsync();
    }

    private async Task<string> FieldsAsync(Guid id, string name) =>
        (await Engine.Reader.EventsAsync(id, 0, 100, Cancel)).Last(e => e.Name == name).Fields;
}
