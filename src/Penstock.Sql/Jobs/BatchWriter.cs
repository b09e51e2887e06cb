using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>A coordinator's batch: dispatching it, and closing its job exactly once with its continuation.</summary>
internal static class BatchWriter
{
    private const string DispatchSql = """
        update job set waiting_for = 'batch', worker_id = null, progress_current = 0, progress_total = @total
         where seq = @seq and status = 'running' and fence = @fence and waiting_for is null
        returning priority
        """;

    // What an earlier dispatch left: the job was reaped or failed, and redriven. Its new plan starts from nothing.
    private static readonly string[] ForgetSql =
    [
        "delete from batch_ledger where parent_job_id = @id",
        "delete from batch_stage where parent_job_id = @id",
        "delete from batch where parent_job_id = @id",
    ];

    private const string SettleOldLettersSql = """
        update dead_letter set status = 'redriven', settled_at = @now, settled_by = 'dispatched again'
         where job_id = @id and kind = 'item' and status in ('pending', 'in_review')
        """;

    private const string InsertBatchSql = """
        insert into batch (parent_job_id, total, stages, failure_ratio, continuation, result)
        values (@id, @total, @stages, @failure_ratio, @continuation, @result)
        """;

    private const string InsertStageSql = """
        insert into batch_stage (parent_job_id, stage, operation, queue_name, resources)
        values (@id, @stage, @operation, @queue_name, @resources)
        """;

    private const string StateSql = """
        select b.total, b.failure_ratio, b.continuation, b.result, j.queue_name, j.parent_job_id, j.ties,
               (select s.done from batch_stage s where s.parent_job_id = b.parent_job_id and s.stage = b.stages - 1),
               (select sum(s.failed) from batch_stage s where s.parent_job_id = b.parent_job_id)
          from batch b join job j on j.id = b.parent_job_id
         where b.parent_job_id = @id and j.status = 'running'
        """;

    private const string SucceedSql = """
        update job set status = 'succeeded', finished_at = @now, waiting_for = null, result = @result, error_code = null, error_message = null
         where id = @id and status = 'running' and waiting_for = 'batch'
        """;

    private const string FailSql = """
        update job set status = 'failed', finished_at = @now, waiting_for = null, error_code = @error_code, error_message = @error_message
         where id = @id and status = 'running' and waiting_for = 'batch'
        """;

    public static async Task<bool> DispatchAsync(
        StoreWrite write, JobLease lease, JobOutcome.Dispatched plan, Completion.JobReturned returned, CancellationToken cancellationToken)
    {
        using SqlStatement dispatch = write.Session.Statement(DispatchSql)
            .Bind("seq", lease.Seq).Bind("fence", lease.Fence).Bind("total", plan.Items.Count);
        List<int> priority = await dispatch.QueryAsync(row => row.GetInt32(0), cancellationToken);
        if (priority.Count == 0)
            return false;

        await ForgetAsync(write, lease.JobId, cancellationToken);
        using (SqlStatement insert = write.Session.Statement(InsertBatchSql)
            .Bind("id", lease.JobId).Bind("total", plan.Items.Count).Bind("stages", returned.Stages.Count)
            .Bind("failure_ratio", plan.FailureRatio).Bind("result", plan.Result)
            .Bind("continuation", returned.Continuation is null ? null : PayloadJson.Write(returned.Continuation)))
        {
            await insert.ExecuteAsync(cancellationToken);
        }
        for (int stage = 0; stage < returned.Stages.Count; stage++)
        {
            using SqlStatement insert = write.Session.Statement(InsertStageSql)
                .Bind("id", lease.JobId).Bind("stage", stage)
                .Bind("operation", returned.Stages[stage].Operation).Bind("queue_name", returned.Stages[stage].QueueName)
                .Bind("resources", returned.Stages[stage].Resources);
            await insert.ExecuteAsync(cancellationToken);
        }
        for (int index = 0; index < plan.Items.Count; index++)
            await ItemWriter.SendAsync(write, lease.JobId, 0, index, plan.Items[index], priority[0], cancellationToken);
        await write.EventAsync(
            lease.JobId, JobEventNames.Dispatched, $"{{\"items\":{plan.Items.Count},\"result\":{plan.Result}}}", cancellationToken);
        if (plan.Items.Count == 0)
            await CloseIfEndedAsync(write, lease.JobId, cancellationToken);
        return true;
    }

    private static async Task ForgetAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        foreach (string sql in ForgetSql)
        {
            using SqlStatement forget = write.Session.Statement(sql).Bind("id", jobId);
            await forget.ExecuteAsync(cancellationToken);
        }
        using SqlStatement settle = write.Session.Statement(SettleOldLettersSql).Bind("id", jobId).Bind("now", write.Now);
        await settle.ExecuteAsync(cancellationToken);
    }

    /// <summary>Ends the job if every item is done or failed for good.</summary>
    public static async Task CloseIfEndedAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(StateSql).Bind("id", jobId);
        State? state = await read.FirstAsync(
            row => new State(
                row.GetInt64(0), row.GetDouble(1), row.TextOrNull(2), row.GetString(3), row.GetString(4), row.GuidOrNull(5),
                (JobTies)row.GetInt32(6), row.GetInt64(7), row.GetInt64(8)),
            cancellationToken);
        if (state is null || state.Done + state.Failed < state.Total)
            return;
        // A ratio of 0 means: fail when any item did.
        bool failed = state.Failed > 0 && state.Failed >= state.FailureRatio * state.Total;
        if (failed)
            await FailAsync(write, jobId, state, cancellationToken);
        else
            await SucceedAsync(write, jobId, state, cancellationToken);
        await EndingWriter.EndedAsync(
            write, new EndedJob(jobId, state.QueueName, state.ParentJobId, state.Ties), failed ? JobStatus.Failed : JobStatus.Succeeded,
            cancellationToken);
    }

    private static async Task SucceedAsync(StoreWrite write, Guid jobId, State state, CancellationToken cancellationToken)
    {
        using SqlStatement succeed = write.Session.Statement(SucceedSql)
            .Bind("id", jobId).Bind("now", write.Now).Bind("result", state.Result);
        await succeed.ExecuteAsync(cancellationToken);
        await write.EventAsync(
            jobId, JobEventNames.Succeeded,
            $"{{\"via\":\"last_batch_stored\",\"items_failed\":{state.Failed},\"result\":{state.Result}}}", cancellationToken);
        if (state.Continuation is not null)
        {
            JobDraft continuation = (JobDraft)PayloadJson.Read(state.Continuation, typeof(JobDraft));
            await EnqueueWriter.ContinueAsync(write, jobId, continuation, cancellationToken);
        }
    }

    private static async Task FailAsync(StoreWrite write, Guid jobId, State state, CancellationToken cancellationToken)
    {
        string code = state.Failed == state.Total ? "AllChildrenFailed" : "BatchItemsFailed";
        string message = $"{state.Failed} of {state.Total} items failed for good. Their dead letters say why; redriving them reopens this job.";
        using (SqlStatement fail = write.Session.Statement(FailSql)
            .Bind("id", jobId).Bind("now", write.Now).Bind("error_code", code).Bind("error_message", message))
        {
            await fail.ExecuteAsync(cancellationToken);
        }
        // No dead letter of its own: its items have theirs, and redriving those is what repairs it.
        await write.EventAsync(
            jobId, JobEventNames.Failed, StoreWrite.Field("error_code", StoreWrite.Quote(code)), cancellationToken,
            JobEventLevel.Error, message);
    }

    private sealed record State(
        long Total, double FailureRatio, string? Continuation, string Result, string QueueName, Guid? ParentJobId, JobTies Ties, long Done, long Failed);
}
