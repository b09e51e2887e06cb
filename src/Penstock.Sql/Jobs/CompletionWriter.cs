using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Stop 6: how an execution of a job ended. Every statement matches the fence; a late writer changes nothing.</summary>
/// <remarks>A job that waits keeps its fence, so its execution must not end twice: a worker that heard no answer asks again.</remarks>
internal static class CompletionWriter
{
    // Returning a row costs more than all the rest of the update, and most jobs have nothing to return.
    private const string SucceedUntiedSql = """
        update job set status = 'succeeded', finished_at = @now, result = @result, error_code = null, error_message = null
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null and ties = 0
        """;

    private const string SucceedSql = """
        update job set status = 'succeeded', finished_at = @now, result = @result, error_code = null, error_message = null
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        returning ties
        """;

    private const string AwaitChildrenSql = """
        update job set waiting_for = 'children', worker_id = null, result = @result
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        """;

    private const string RequeueSql = """
        update job
           set status = 'queued', run_at = @run_at, worker_id = null, started_at = null,
               failures = failures + @failures, retries = retries + @retries,
               error_code = coalesce(@error_code, error_code), error_message = coalesce(@error_message, error_message)
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        returning priority
        """;

    private const string FailSql = """
        update job
           set status = 'failed', finished_at = @now, failures = failures + 1, error_code = @error_code, error_message = @error_message
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        returning ties
        """;

    /// <returns>False: the lease was gone; nothing was written.</returns>
    public static async Task<bool> WriteAsync(StoreWrite write, Completion completion, CancellationToken cancellationToken)
    {
        if (completion is not Completion.JobReturned && completion.Lease is ItemLease)
            return await ItemWriter.EndAsync(write, completion, cancellationToken);

        JobLease lease = (JobLease)completion.Lease;
        bool written = completion switch
        {
            Completion.JobReturned { Outcome: JobOutcome.Succeeded done } returned =>
                await SucceedAsync(write, lease, done, returned.Continuation, cancellationToken),
            Completion.JobReturned { Outcome: JobOutcome.Dispatched plan } returned =>
                await BatchWriter.DispatchAsync(write, lease, plan, returned, cancellationToken),
            Completion.JobReturned { Outcome: JobOutcome.AwaitsChildren waits } =>
                await AwaitChildrenAsync(write, lease, waits, cancellationToken),
            Completion.Threw { RetryAt: null } threw => await FailAsync(write, lease, threw, cancellationToken),
            Completion.Threw threw => await RetryAsync(write, lease, threw, threw.RetryAt.Value, cancellationToken),
            Completion.Snoozed snoozed => await SnoozeAsync(write, lease, snoozed, cancellationToken),
            Completion.Suspended suspended => await SuspendWriter.WriteAsync(write, suspended, cancellationToken),
            Completion.Released => await ReleaseAsync(write, lease, cancellationToken),
            _ => throw new InvalidOperationException($"No job ends with {completion.GetType().Name}."),
        };
        if (written)
            await write.ReleaseAsync(UnitKind.Job, lease.Seq, lease.Fence, cancellationToken);
        return written;
    }

    private static async Task<bool> SucceedAsync(
        StoreWrite write, JobLease lease, JobOutcome.Succeeded done, JobDraft? continuation, CancellationToken cancellationToken)
    {
        EndedJob ended = new(lease.JobId, lease.QueueName, lease.ParentJobId, JobTies.None);
        using (SqlStatement untied = Fenced(write, SucceedUntiedSql, lease).Bind("now", write.Now).Bind("result", done.Result))
        {
            if (await untied.ExecuteAsync(cancellationToken) == 0)
            {
                using SqlStatement tied = Fenced(write, SucceedSql, lease).Bind("now", write.Now).Bind("result", done.Result);
                if (await EndAsync(tied, lease, cancellationToken) is not { } known)
                    return false;
                ended = known;
            }
        }
        await write.EventAsync(lease.JobId, JobEventNames.Succeeded, StoreWrite.Field("result", done.Result), cancellationToken);
        if (continuation is not null)
            await EnqueueWriter.ContinueAsync(write, lease.JobId, continuation, cancellationToken);
        await EndingWriter.EndedAsync(write, ended, JobStatus.Succeeded, cancellationToken);
        return true;
    }

    private static async Task<bool> AwaitChildrenAsync(
        StoreWrite write, JobLease lease, JobOutcome.AwaitsChildren waits, CancellationToken cancellationToken)
    {
        using SqlStatement wait = Fenced(write, AwaitChildrenSql, lease).Bind("result", waits.Result);
        if (await wait.ExecuteAsync(cancellationToken) == 0)
            return false;
        await write.EventAsync(lease.JobId, JobEventNames.Dispatched, StoreWrite.Field("result", waits.Result), cancellationToken);
        await ParentWriter.ChildEndedAsync(write, lease.JobId, cancellationToken); // They may all have ended already.
        return true;
    }

    private static async Task<bool> FailAsync(
        StoreWrite write, JobLease lease, Completion.Threw threw, CancellationToken cancellationToken)
    {
        using SqlStatement fail = Fenced(write, FailSql, lease).Bind("now", write.Now)
            .Bind("error_code", threw.ErrorCode).Bind("error_message", threw.ErrorMessage);
        if (await EndAsync(fail, lease, cancellationToken) is not { } ended)
            return false;
        await FailureWriter.RecordAsync(write, ended, threw.ErrorCode, threw.ErrorMessage, JobEventNames.Failed, cancellationToken);
        return true;
    }

    /// <returns>Null: the lease was gone.</returns>
    private static Task<EndedJob?> EndAsync(SqlStatement update, JobLease lease, CancellationToken cancellationToken) =>
        update.FirstAsync(
            row => new EndedJob(lease.JobId, lease.QueueName, lease.ParentJobId, (JobTies)row.GetInt32(0)), cancellationToken);

    private static Task<bool> RetryAsync(
        StoreWrite write, JobLease lease, Completion.Threw threw, DateTimeOffset retryAt, CancellationToken cancellationToken)
    {
        string fields = $"{{\"error_code\":{StoreWrite.Quote(threw.ErrorCode)},\"attempt\":{lease.Attempt}," +
            $"\"failures\":{lease.Failures + 1},\"max_attempts\":{lease.MaxAttempts},\"retry_at\":\"{retryAt.UtcDateTime:O}\"}}";
        return RequeueAsync(
            write, lease, retryAt, failures: 1, retries: 0, threw.ErrorCode, threw.ErrorMessage, JobEventNames.AttemptFailed, fields,
            JobEventLevel.Warning, cancellationToken);
    }

    private static Task<bool> SnoozeAsync(
        StoreWrite write, JobLease lease, Completion.Snoozed snoozed, CancellationToken cancellationToken)
    {
        double delay = (snoozed.RetryAt - write.Now).TotalSeconds;
        string fields = $"{{\"reason\":{StoreWrite.Quote(snoozed.Reason)},\"delay_seconds\":{delay:0.###},\"retry_count\":{lease.Retries + 1}}}";
        return RequeueAsync(
            write, lease, snoozed.RetryAt, failures: 0, retries: 1, null, null, JobEventNames.RetryLater, fields,
            JobEventLevel.Info, cancellationToken, snoozed.Reason);
    }

    private static Task<bool> ReleaseAsync(StoreWrite write, JobLease lease, CancellationToken cancellationToken) =>
        RequeueAsync(
            write, lease, null, failures: 0, retries: 0, null, null, JobEventNames.Released,
            StoreWrite.Field("worker", StoreWrite.Quote(lease.WorkerId)), JobEventLevel.Info, cancellationToken);

    private static async Task<bool> RequeueAsync(
        StoreWrite write, JobLease lease, DateTimeOffset? runAt, int failures, int retries, string? errorCode, string? errorMessage,
        string eventName, string fields, JobEventLevel level, CancellationToken cancellationToken, string? message = null)
    {
        using SqlStatement requeue = Fenced(write, RequeueSql, lease).Bind("run_at", runAt).Bind("failures", failures)
            .Bind("retries", retries).Bind("error_code", errorCode).Bind("error_message", errorMessage);
        List<int> priority = await requeue.QueryAsync(row => row.GetInt32(0), cancellationToken);
        if (priority.Count == 0)
            return false;
        await write.EventAsync(lease.JobId, eventName, fields, cancellationToken, level, errorMessage ?? message);
        await write.HintAsync(UnitKind.Job, lease.Seq, lease.QueueName, priority[0], runAt, cancellationToken);
        return true;
    }

    private static SqlStatement Fenced(StoreWrite write, string sql, JobLease lease) =>
        write.Session.Statement(sql).Bind("seq", lease.Seq).Bind("fence", lease.Fence);
}
