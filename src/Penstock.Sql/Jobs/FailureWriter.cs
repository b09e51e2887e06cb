using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>What every final failure of a job leaves: an event, a dead letter for people, and what every end leaves.</summary>
internal static class FailureWriter
{
    private const string InsertDeadLetterSql = """
        insert into dead_letter (id, kind, job_id, queue_name, operation, payload, error_code, error_message, attempts, created_at)
        select @id, 'job', j.id, j.queue_name, j.operation, j.payload, @error_code, @error_message, j.attempt, @now
          from job j where j.id = @job_id
        """;

    // Only while there is a parent: an event of a deleted job would be read and removed by nobody.
    private const string TellParentSql = """
        insert into job_event (job_id, ts, level, event, message, fields)
        select p.id, @now, 'error', @event, @message, @fields from job p where p.id = @parent
        """;

    /// <summary>The caller has set the job's status to failed in this transaction.</summary>
    public static async Task RecordAsync(
        StoreWrite write, EndedJob job, string errorCode, string errorMessage, string eventName, CancellationToken cancellationToken,
        string? fields = null)
    {
        await write.EventAsync(
            job.Id, eventName, fields ?? StoreWrite.Field("error_code", StoreWrite.Quote(errorCode)), cancellationToken,
            JobEventLevel.Error, errorMessage);
        using (SqlStatement insert = write.Session.Statement(InsertDeadLetterSql)
            .Bind("id", write.NewId()).Bind("job_id", job.Id).Bind("error_code", errorCode)
            .Bind("error_message", errorMessage).Bind("now", write.Now))
        {
            await insert.ExecuteAsync(cancellationToken);
        }
        if (job.ParentJobId is { } parent)
        {
            using SqlStatement tell = write.Session.Statement(TellParentSql)
                .Bind("parent", parent).Bind("now", write.Now).Bind("event", JobEventNames.ChildFailed).Bind("message", errorMessage)
                .Bind("fields", $"{{\"job_id\":\"{job.Id}\",\"error_code\":{StoreWrite.Quote(errorCode)}}}");
            await tell.ExecuteAsync(cancellationToken);
        }
        await EndingWriter.EndedAsync(write, job, JobStatus.Failed, cancellationToken);
    }
}
