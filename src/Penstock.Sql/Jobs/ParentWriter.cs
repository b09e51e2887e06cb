using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>Closes a job that waits for its child jobs, in the transaction in which the last of them ended.</summary>
internal static class ParentWriter
{
    private const string CountSql = """
        select p.queue_name, p.parent_job_id, p.ties, p.result,
               count(c.seq), count(c.finished_at), count(case when c.status = 'succeeded' then 1 end)
          from job p left join job c on c.parent_job_id = p.id
         where p.id = @id and p.status = 'running' and p.waiting_for = 'children'
         group by p.id
        """;

    private const string ProgressSql = """
        update job set progress_current = @current, progress_total = @total
         where id = @id and status = 'running' and waiting_for = 'children'
        """;

    private const string SucceedSql = """
        update job set status = 'succeeded', finished_at = @now, waiting_for = null, error_code = null, error_message = null
         where id = @id and status = 'running' and waiting_for = 'children'
        """;

    private const string FailSql = """
        update job set status = 'failed', finished_at = @now, waiting_for = null, error_code = @error_code, error_message = @error_message
         where id = @id and status = 'running' and waiting_for = 'children'
        """;

    public static async Task ChildEndedAsync(StoreWrite write, Guid? parentJobId, CancellationToken cancellationToken)
    {
        if (parentJobId is not { } id)
            return;
        using SqlStatement count = write.Session.Statement(CountSql).Bind("id", id);
        Family? family = await count.FirstAsync(
            row => new Family(
                row.GetString(0), row.GuidOrNull(1), (JobTies)row.GetInt32(2), row.TextOrNull(3) ?? "null",
                row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
            cancellationToken);
        if (family is null)
            return; // It does not wait, or has ended.

        using (SqlStatement progress = write.Session.Statement(ProgressSql)
            .Bind("id", id).Bind("current", family.Ended).Bind("total", family.Children))
        {
            await progress.ExecuteAsync(cancellationToken);
        }
        if (family.Ended == family.Children)
            await CloseAsync(write, id, family, cancellationToken);
    }

    private static async Task CloseAsync(StoreWrite write, Guid id, Family family, CancellationToken cancellationToken)
    {
        EndedJob ended = new(id, family.QueueName, family.ParentJobId, family.Ties);
        // None at all is success too: there was nothing to do, or someone deleted it.
        if (family.Succeeded > 0 || family.Children == 0)
        {
            using SqlStatement succeed = write.Session.Statement(SucceedSql).Bind("id", id).Bind("now", write.Now);
            await succeed.ExecuteAsync(cancellationToken);
            await write.EventAsync(
                id, JobEventNames.Succeeded, $"{{\"via\":\"last_child\",\"result\":{family.Result}}}", cancellationToken);
            await EndingWriter.EndedAsync(write, ended, JobStatus.Succeeded, cancellationToken);
            return;
        }
        const string code = "AllChildrenFailed";
        string message = $"None of the {family.Children} child jobs succeeded. Look at their errors, then redrive them and this job.";
        using (SqlStatement fail = write.Session.Statement(FailSql)
            .Bind("id", id).Bind("now", write.Now).Bind("error_code", code).Bind("error_message", message))
        {
            await fail.ExecuteAsync(cancellationToken);
        }
        await FailureWriter.RecordAsync(write, ended, code, message, JobEventNames.Failed, cancellationToken);
    }

    private sealed record Family(
        string QueueName, Guid? ParentJobId, JobTies Ties, string Result, long Children, long Ended, long Succeeded);
}
