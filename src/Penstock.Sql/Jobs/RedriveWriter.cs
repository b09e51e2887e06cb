using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>Sends a dead letter back to its queue of origin, once: the failed job runs again, or the item and its reopened parent.</summary>
internal static class RedriveWriter
{
    private const string FindSql = """
        select kind, job_id, stage, item_index, queue_name, payload, status, edited from dead_letter where id = @id
        """;

    private const string SettleSql = """
        update dead_letter set status = 'redriven', settled_at = @now, settled_by = @by
         where id = @id and status in ('pending', 'in_review')
        """;

    private const string RequeueJobSql = """
        update job set status = 'queued', finished_at = null, started_at = null, worker_id = null, run_at = null, failures = 0, deaths = 0,
               payload = coalesce(@payload, payload)
         where id = @id and status = 'failed'
        returning seq, priority, unique_key
        """;

    // Also a parent that tolerated the failure and succeeded: an operator asked for the missing item. Not one that was reaped
    // or failed before all its items had ended: the others are gone, and only redriving the job itself sends them again.
    private const string ReopenParentSql = """
        update job set status = 'running', waiting_for = 'batch', finished_at = null
         where id = @id and status in ('failed', 'succeeded')
           and (select b.total from batch b where b.parent_job_id = job.id)
               = (select s.done from batch b join batch_stage s on s.parent_job_id = b.parent_job_id and s.stage = b.stages - 1 where b.parent_job_id = job.id)
               + (select sum(s.failed) from batch_stage s where s.parent_job_id = job.id)
        returning status, unique_key
        """;

    private const string JobStateSql = "select status, priority, waiting_for from job where id = @id";

    // A redrive keeps what steps completed, and decides anew what failed: a wait that ran out, a child that failed.
    private const string ForgetFailedStepsSql = "delete from job_step where job_id = @id and outcome <> 'completed'";

    public static async Task<(Guid JobId, string QueueName)> RedriveAsync(
        StoreWrite write, Guid deadLetterId, string? by, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("id", deadLetterId);
        Letter letter = await find.FirstAsync(
            row => new Letter(row.GetString(0) == "item", row.GetGuid(1), row.IntOrNull(2), row.IntOrNull(3), row.GetString(4), row.GetString(5), row.GetString(6),
                row.GetBoolean(7)),
            cancellationToken) ?? throw new DeadLetterNotFoundException(deadLetterId);
        if (letter.Status is not ("pending" or "in_review"))
            throw new DeadLetterSettledException(deadLetterId, letter.Status);

        if (letter.IsItem)
            await ItemAsync(write, letter, by, cancellationToken);
        else
            await JobAsync(write, letter, by, cancellationToken);
        using SqlStatement settle = write.Session.Statement(SettleSql).Bind("id", deadLetterId).Bind("now", write.Now).Bind("by", by);
        await settle.ExecuteAsync(cancellationToken);
        await DeadLetterActions.WriteAsync(write.Session, write.Now, deadLetterId, "redriven", by, null, cancellationToken);
        return (letter.JobId, letter.QueueName);
    }

    private static async Task JobAsync(StoreWrite write, Letter letter, string? by, CancellationToken cancellationToken)
    {
        using SqlStatement requeue = write.Session.Statement(RequeueJobSql).Bind("id", letter.JobId)
            .Bind("payload", letter.IsEdited ? letter.Payload : null);
        List<(long Seq, int Priority, string? UniqueKey)> jobs = await requeue.QueryAsync(
            row => (row.GetInt64(0), row.GetInt32(1), row.TextOrNull(2)), cancellationToken);
        if (jobs.Count == 0)
            throw new DeadLetterObsoleteException(letter.JobId, (await JobStateAsync(write, letter.JobId, cancellationToken)).Status);
        if (jobs[0].UniqueKey is { } key)
            await UniqueKeyTable.TakeAsync(write, key, letter.JobId, cancellationToken);
        using (SqlStatement forget = write.Session.Statement(ForgetFailedStepsSql).Bind("id", letter.JobId))
            await forget.ExecuteAsync(cancellationToken);
        await write.EventAsync(letter.JobId, JobEventNames.Redriven, By(by, letter.IsEdited), cancellationToken);
        await write.HintAsync(UnitKind.Job, jobs[0].Seq, letter.QueueName, jobs[0].Priority, null, cancellationToken);
    }

    private static async Task ItemAsync(StoreWrite write, Letter letter, string? by, CancellationToken cancellationToken)
    {
        using (SqlStatement reopen = write.Session.Statement(ReopenParentSql).Bind("id", letter.JobId))
        {
            List<string?> reopened = await reopen.QueryAsync(row => row.TextOrNull(1), cancellationToken);
            if (reopened.Count > 0)
                await write.EventAsync(letter.JobId, JobEventNames.Reopened, By(by), cancellationToken);
            if (reopened.Count > 0 && reopened[0] is { } key)
                await UniqueKeyTable.TakeAsync(write, key, letter.JobId, cancellationToken);
        }
        JobState parent = await JobStateAsync(write, letter.JobId, cancellationToken);
        if (parent.WaitingFor != "batch")
            throw new DeadLetterObsoleteException(letter.JobId, parent.Status);
        await BatchLedger.MarkAsync(write, letter.JobId, letter.Stage!.Value, letter.ItemIndex!.Value, done: false, failed: false, cancellationToken);
        await write.EventAsync(
            letter.JobId, JobEventNames.ChildRedriven, $"{{\"item\":{letter.ItemIndex},\"by\":{StoreWrite.Quote(by ?? "")}}}", cancellationToken);
        await ItemWriter.SendAsync(
            write, letter.JobId, letter.Stage.Value, letter.ItemIndex.Value, letter.Payload, parent.Priority, cancellationToken);
    }

    private static async Task<JobState> JobStateAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(JobStateSql).Bind("id", jobId);
        return await read.FirstAsync(row => new JobState(row.GetString(0), row.GetInt32(1), row.TextOrNull(2)), cancellationToken)
            ?? throw new JobNotFoundException(jobId);
    }

    private static string By(string? by, bool isEdited = false) =>
        $"{{\"by\":{StoreWrite.Quote(by ?? "")}{(isEdited ? ",\"payload_edited\":true" : "")}}}";

    private sealed record JobState(string Status, int Priority, string? WaitingFor);

    private sealed record Letter(
        bool IsItem, Guid JobId, int? Stage, int? ItemIndex, string QueueName, string Payload, string Status, bool IsEdited);
}
