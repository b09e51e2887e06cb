using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>Runs a job that has ended once more, where its queue allows that; the one way out of succeeded and cancelled.</summary>
internal static class RequeueWriter
{
    private const string FindSql = """
        select j.seq, j.status, j.queue_name, j.priority, q.finished, j.unique_key from job j join queue q on q.name = j.queue_name where j.id = @id
        """;

    private const string RequeueSql = """
        update job
           set status = 'queued', finished_at = null, started_at = null, worker_id = null, run_at = null, result = null,
               error_code = null, error_message = null, progress_current = null, progress_total = null,
               failures = 0, retries = 0, deaths = 0
         where id = @id and status in ('succeeded', 'failed', 'cancelled')
        """;

    // Cancelled while it was delayed, it left this hint; it would cut short a wait of its new life.
    private const string DropHintSql = "delete from deferred where run_at = (select run_at from job where id = @id) and kind = 0 and seq = @seq";

    private const string SettleSql = """
        update dead_letter set status = 'redriven', settled_at = @now, settled_by = @by
         where job_id = @id and status in ('pending', 'in_review')
        """;

    // It runs from its beginning: no step counts that an earlier run completed, and no child that it awaited.
    private static readonly string[] ForgetSql =
    [
        "delete from job_step where job_id = @id",
        "delete from job_dependency where job_id = @id and step <> ''",
    ];

    /// <returns>The job's queue.</returns>
    /// <exception cref="UniqueKeyTakenException">Another job took its key since it ended.</exception>
    public static async Task<string> RequeueAsync(StoreWrite write, Guid jobId, string? by, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("id", jobId);
        Ended job = await find.FirstAsync(
            row => new Ended(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetString(4) == "requeueable", row.TextOrNull(5)),
            cancellationToken) ?? throw new JobNotFoundException(jobId);
        if (job.Status is "queued" or "running")
            throw new JobNotFinishedException(jobId, job.Status);
        if (!job.IsRequeueable)
            throw new JobFinishedImmutableException(jobId, job.Status, job.QueueName);

        if (job.UniqueKey is { } key)
            await UniqueKeyTable.TakeAsync(write, key, jobId, cancellationToken);
        foreach (string sql in ForgetSql)
        {
            using SqlStatement forget = write.Session.Statement(sql).Bind("id", jobId);
            await forget.ExecuteAsync(cancellationToken);
        }
        using (SqlStatement settle = write.Session.Statement(SettleSql).Bind("id", jobId).Bind("now", write.Now).Bind("by", by))
            await settle.ExecuteAsync(cancellationToken);
        using (SqlStatement drop = write.Session.Statement(DropHintSql).Bind("id", jobId).Bind("seq", job.Seq))
            await drop.ExecuteAsync(cancellationToken);
        using (SqlStatement requeue = write.Session.Statement(RequeueSql).Bind("id", jobId))
            await requeue.ExecuteAsync(cancellationToken);
        await write.EventAsync(
            jobId, JobEventNames.Requeued, $"{{\"by\":{StoreWrite.Quote(by ?? "")},\"from\":\"{job.Status}\"}}", cancellationToken);
        await write.HintAsync(UnitKind.Job, job.Seq, job.QueueName, job.Priority, null, cancellationToken);
        return job.QueueName;
    }

    private sealed record Ended(long Seq, string Status, string QueueName, int Priority, bool IsRequeueable, string? UniqueKey);
}
