using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Signals: the first of a name stands; a wait looks and is noted in one transaction, so that none is lost in between.</summary>
/// <remarks>A signal is in time if it was sent before the deadline, however late the job looks; at the deadline it is late.</remarks>
internal static class SignalWriter
{
    /// <summary>What stands in <c>unsettled</c> for a signal with more waiters than one transaction wakes.</summary>
    public const string Sent = "sent";

    private const string FindSql = "select payload, sent_at from signal where name = @name";

    private const string FindWaitSql = "select since, deadline from signal_wait where job_id = @id and step = @step";

    private const string InsertWaitSql = """
        insert into signal_wait (job_id, step, name, since, deadline) values (@id, @step, @name, @now, @deadline)
        """;

    private const string DropWaitSql = "delete from signal_wait where job_id = @id and step = @step";

    private const string SendSql = """
        insert into signal (name, payload, sent_at, sent_by) values (@name, @payload, @now, @by) on conflict (name) do nothing
        """;

    private const string WaitersSql = """
        with waiters as materialized (
            select j.id, j.seq, j.queue_name, j.priority, j.run_at
              from signal_wait w join job j on j.id = w.job_id
             where w.name = @name and j.status = 'queued' and j.waiting_for = 'signal')
        select id, seq, queue_name, priority, run_at from waiters order by seq limit @limit
        """;

    private const string WakeSql = """
        update job set waiting_for = null, run_at = null where seq = @seq and status = 'queued' and waiting_for = 'signal'
        """;

    // The hint of its deadline would come when the job may be waiting for something else.
    private const string DropDeadlineSql = "delete from deferred where run_at = @run_at and kind = 0 and seq = @seq";

    private const string PruneSql = """
        delete from signal where name in (
            select s.name from signal s
             where s.sent_at < @before and not exists (select 1 from signal_wait w where w.name = s.name)
             order by s.sent_at limit @limit)
        """;

    /// <returns>Null: neither the signal nor the deadline has come; the wait is noted.</returns>
    public static async Task<StoredStep?> AwaitAsync(
        StoreWrite write, JobLease lease, string step, string signal, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        await StepWriter.HoldAsync(write, lease, JobTies.Signals | JobTies.Steps, cancellationToken);
        Wait? earlier = await FindWaitAsync(write, lease.JobId, step, cancellationToken);
        Wait wait = earlier ?? new Wait(write.Now, timeout is { } limit ? write.Now + limit : null);
        using SqlStatement find = write.Session.Statement(FindSql).Bind("name", signal);
        List<(string Payload, DateTimeOffset SentAt)> sent = await find.QueryAsync(
            row => (row.GetString(0), row.Instant(1)), cancellationToken);
        if (sent.Count > 0 && !(sent[0].SentAt >= wait.Deadline))
            return await DecideAsync(write, lease, wait, new StoredStep(step, StepKind.Signal, StepOutcome.Completed, sent[0].Payload), cancellationToken);
        if (wait.Deadline <= write.Now)
            return await DecideAsync(write, lease, wait, new StoredStep(step, StepKind.Signal, StepOutcome.TimedOut, "null"), cancellationToken);
        if (earlier is null)
        {
            using SqlStatement insert = write.Session.Statement(InsertWaitSql)
                .Bind("id", lease.JobId).Bind("step", step).Bind("name", signal).Bind("now", write.Now).Bind("deadline", wait.Deadline);
            await insert.ExecuteAsync(cancellationToken);
        }
        return null;
    }

    /// <returns>False: one of this name was sent before.</returns>
    public static async Task<bool> SendAsync(StoreWrite write, SignalDraft signal, CancellationToken cancellationToken)
    {
        using SqlStatement send = write.Session.Statement(SendSql)
            .Bind("name", signal.Name).Bind("payload", signal.Payload).Bind("now", write.Now).Bind("by", signal.By);
        if (await send.ExecuteAsync(cancellationToken) == 0)
            return false;
        await WakeAsync(write, signal.Name, cancellationToken);
        return true;
    }

    /// <summary>Puts the jobs that wait for a signal into their queues, as many as one transaction may touch.</summary>
    public static async Task WakeAsync(StoreWrite write, string signal, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(WaitersSql).Bind("name", signal).Bind("limit", write.DependentsLeft + 1);
        List<Waiter> waiters = await find.QueryAsync(
            row => new Waiter(row.GetGuid(0), row.GetInt64(1), row.GetString(2), row.GetInt32(3), row.InstantOrNull(4)), cancellationToken);
        if (waiters.Count > write.DependentsLeft)
        {
            waiters.RemoveAt(waiters.Count - 1);
            await DependencyWriter.RememberAsync(write, signal, Sent, cancellationToken);
        }
        write.DependentsLeft -= waiters.Count;
        foreach (Waiter waiter in waiters)
        {
            using (SqlStatement wake = write.Session.Statement(WakeSql).Bind("seq", waiter.Seq))
                await wake.ExecuteAsync(cancellationToken);
            if (waiter.Deadline is { } deadline)
            {
                using SqlStatement drop = write.Session.Statement(DropDeadlineSql).Bind("run_at", deadline).Bind("seq", waiter.Seq);
                await drop.ExecuteAsync(cancellationToken);
            }
            await write.EventAsync(
                waiter.JobId, JobEventNames.Unblocked, StoreWrite.Field("signal", StoreWrite.Quote(signal)), cancellationToken);
            await write.HintAsync(UnitKind.Job, waiter.Seq, waiter.QueueName, waiter.Priority, null, cancellationToken);
        }
    }

    public static async Task<int> PruneAsync(StoreWrite write, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        using SqlStatement prune = write.Session.Statement(PruneSql).Bind("before", before).Bind("limit", limit);
        return await prune.ExecuteAsync(cancellationToken);
    }

    private static async Task<StoredStep> DecideAsync(
        StoreWrite write, JobLease lease, Wait wait, StoredStep step, CancellationToken cancellationToken)
    {
        using (SqlStatement drop = write.Session.Statement(DropWaitSql).Bind("id", lease.JobId).Bind("step", step.Name))
            await drop.ExecuteAsync(cancellationToken);
        await StepWriter.InsertAsync(write, lease, step, write.Now - wait.Since, cancellationToken);
        return step;
    }

    private static async Task<Wait?> FindWaitAsync(StoreWrite write, Guid jobId, string step, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindWaitSql).Bind("id", jobId).Bind("step", step);
        return await find.FirstAsync(row => new Wait(row.Instant(0), row.InstantOrNull(1)), cancellationToken);
    }

    private sealed record Wait(DateTimeOffset Since, DateTimeOffset? Deadline);

    private sealed record Waiter(Guid JobId, long Seq, string QueueName, int Priority, DateTimeOffset? Deadline);
}
