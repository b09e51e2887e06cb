using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Items of a batch: sending them, ending them with their mark in the ledger, sending them back.</summary>
internal static class ItemWriter
{
    private const string InsertSql = """
        insert into item (parent_job_id, stage, item_index, operation, queue_name, payload, created_at, resources)
        select @id, @stage, @index, s.operation, s.queue_name, @payload, @now, s.resources
          from batch_stage s where s.parent_job_id = @id and s.stage = @stage
        on conflict do nothing
        returning seq, queue_name
        """;

    private const string PrioritySql = "select priority from job where id = @id";

    private const string DeleteSql = "delete from item where seq = @seq and fence = @fence";

    private const string RequeueSql = """
        update item set failures = failures + @failures, retries = retries + @retries where seq = @seq and fence = @fence
        """;

    private const string ProgressSql = """
        update job set progress_current = @current where id = @id and status = 'running' and waiting_for = 'batch'
        """;

    private const string StagesSql = """
        select b.stages, b.total, (select s.done from batch_stage s where s.parent_job_id = b.parent_job_id and s.stage = b.stages - 1)
          from batch b where b.parent_job_id = @id
        """;

    private const string InsertDeadLetterSql = """
        insert into dead_letter (id, kind, job_id, stage, item_index, queue_name, operation, payload, error_code, error_message, attempts, created_at)
        values (@id, 'item', @job_id, @stage, @index, @queue_name, @operation, @payload, @error_code, @error_message, @attempts, @now)
        """;

    public static async Task SendAsync(
        StoreWrite write, Guid jobId, int stage, int index, string payload, int priority, CancellationToken cancellationToken)
    {
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("id", jobId).Bind("stage", stage).Bind("index", index).Bind("payload", payload).Bind("now", write.Now);
        List<(long Seq, string Queue)> sent = await insert.QueryAsync(row => (row.GetInt64(0), row.GetString(1)), cancellationToken);
        foreach ((long seq, string queue) in sent)
            await write.HintAsync(UnitKind.Item, seq, queue, priority, null, cancellationToken);
    }

    /// <summary>Effect, mark, next stage, events, progress and the close of the parent: one transaction.</summary>
    /// <returns>False: the lease was gone; nothing was written.</returns>
    public static async Task<bool> ReturnAsync(
        StoreWrite write, Completion.ItemReturned returned, CancellationToken cancellationToken)
    {
        ItemLease item = returned.Item;
        if (!await write.ReleaseAsync(UnitKind.Item, item.Seq, item.Fence, cancellationToken))
            return false;
        await DeleteAsync(write, item, cancellationToken);
        if (await BatchLedger.IsDoneAsync(write, item.ParentJobId, item.Stage, item.ItemIndex, cancellationToken))
            return true; // Delivered twice: its effect is in the store already.

        if (returned.Outcome.Effect is { } effect)
            await effect(write.Session.Transaction ?? throw new InvalidOperationException("The effect of an item needs the transaction."), cancellationToken);
        await BatchLedger.MarkAsync(write, item.ParentJobId, item.Stage, item.ItemIndex, done: true, failed: false, cancellationToken);
        foreach (ItemEvent told in returned.Outcome.Events)
            await write.EventAsync(
                item.ParentJobId, "child." + told.Name, PayloadJson.Write(told.Fields), cancellationToken, told.Level, told.Message);
        await AdvanceAsync(write, returned, cancellationToken);
        return true;
    }

    /// <summary>Ends that are no success: another attempt, a snooze, a release, a dead letter.</summary>
    public static async Task<bool> EndAsync(StoreWrite write, Completion completion, CancellationToken cancellationToken)
    {
        ItemLease item = (ItemLease)completion.Lease;
        if (!await write.ReleaseAsync(UnitKind.Item, item.Seq, item.Fence, cancellationToken))
            return false;
        switch (completion)
        {
            case Completion.Threw { RetryAt: null } threw:
                await FailAsync(write, item, threw.ErrorCode, threw.ErrorMessage, cancellationToken);
                break;
            case Completion.Threw threw:
                await RequeueAsync(write, item, failures: 1, retries: 0, threw.RetryAt, cancellationToken);
                await TellParentAsync(
                    write, item, JobEventNames.ChildRetried, threw.ErrorCode, threw.ErrorMessage, JobEventLevel.Warning, cancellationToken);
                break;
            case Completion.Snoozed snoozed:
                await RequeueAsync(write, item, failures: 0, retries: 1, snoozed.RetryAt, cancellationToken);
                break;
            case Completion.Released:
                await RequeueAsync(write, item, failures: 0, retries: 0, null, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"No item ends with {completion.GetType().Name} here.");
        }
        return true;
    }

    /// <summary>For good: a dead letter, a failed mark, and the parent closes if this was its last item.</summary>
    public static async Task FailAsync(
        StoreWrite write, ItemLease item, string errorCode, string errorMessage, CancellationToken cancellationToken)
    {
        await DeleteAsync(write, item, cancellationToken);
        using (SqlStatement insert = write.Session.Statement(InsertDeadLetterSql)
            .Bind("id", write.NewId()).Bind("job_id", item.ParentJobId).Bind("stage", item.Stage).Bind("index", item.ItemIndex)
            .Bind("queue_name", item.QueueName).Bind("operation", item.Operation).Bind("payload", item.Payload)
            .Bind("error_code", errorCode).Bind("error_message", errorMessage).Bind("attempts", item.Attempt).Bind("now", write.Now))
        {
            await insert.ExecuteAsync(cancellationToken);
        }
        await TellParentAsync(write, item, JobEventNames.ChildFailed, errorCode, errorMessage, JobEventLevel.Error, cancellationToken);
        await BatchLedger.MarkAsync(write, item.ParentJobId, item.Stage, item.ItemIndex, done: false, failed: true, cancellationToken);
        await BatchWriter.CloseIfEndedAsync(write, item.ParentJobId, cancellationToken);
    }

    /// <summary>Back to the queue under its old key.</summary>
    public static async Task RequeueAsync(
        StoreWrite write, ItemLease item, int failures, int retries, DateTimeOffset? runAt, CancellationToken cancellationToken)
    {
        using (SqlStatement requeue = write.Session.Statement(RequeueSql)
            .Bind("seq", item.Seq).Bind("fence", item.Fence).Bind("failures", failures).Bind("retries", retries))
        {
            await requeue.ExecuteAsync(cancellationToken);
        }
        int priority = await PriorityAsync(write, item.ParentJobId, cancellationToken);
        await write.HintAsync(UnitKind.Item, item.Seq, item.QueueName, priority, runAt, cancellationToken);
    }

    private static async Task AdvanceAsync(StoreWrite write, Completion.ItemReturned returned, CancellationToken cancellationToken)
    {
        ItemLease item = returned.Item;
        using SqlStatement read = write.Session.Statement(StagesSql).Bind("id", item.ParentJobId);
        List<(int Stages, long Total, long Done)> found = await read.QueryAsync(
            row => (row.GetInt32(0), row.GetInt64(1), row.GetInt64(2)), cancellationToken);
        (int stages, long total, long done) = found[0];
        if (item.Stage + 1 < stages)
        {
            string next = returned.Next ?? throw new InvalidOperationException(
                $"Operation {item.Operation} is not the last stage of its batch and must return the next stage's payload.");
            int priority = await PriorityAsync(write, item.ParentJobId, cancellationToken);
            await SendAsync(write, item.ParentJobId, item.Stage + 1, item.ItemIndex, next, priority, cancellationToken);
            return;
        }
        using (SqlStatement progress = write.Session.Statement(ProgressSql).Bind("id", item.ParentJobId).Bind("current", done))
            await progress.ExecuteAsync(cancellationToken);
        // The reaper takes a silent job for stuck, so a batch whose items tell nothing tells of itself: at most 1000 times.
        if (returned.Outcome.Events.Count == 0 && (total <= 1_000 || done * 1_000 / total != (done - 1) * 1_000 / total))
            await write.EventAsync(item.ParentJobId, "batch.progressed", $"{{\"done\":{done},\"total\":{total}}}", cancellationToken);
        await BatchWriter.CloseIfEndedAsync(write, item.ParentJobId, cancellationToken);
    }

    private static async Task TellParentAsync(
        StoreWrite write, ItemLease item, string name, string errorCode, string errorMessage, JobEventLevel level,
        CancellationToken cancellationToken)
    {
        string fields = $"{{\"operation\":{StoreWrite.Quote(item.Operation)},\"item\":{item.ItemIndex},\"attempt\":{item.Attempt}," +
            $"\"error_code\":{StoreWrite.Quote(errorCode)}}}";
        await write.EventAsync(item.ParentJobId, name, fields, cancellationToken, level, errorMessage);
    }

    private static async Task<int> PriorityAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement priority = write.Session.Statement(PrioritySql).Bind("id", jobId);
        return await priority.ScalarAsync<int>(cancellationToken);
    }

    private static async Task DeleteAsync(StoreWrite write, ItemLease item, CancellationToken cancellationToken)
    {
        using SqlStatement delete = write.Session.Statement(DeleteSql).Bind("seq", item.Seq).Bind("fence", item.Fence);
        await delete.ExecuteAsync(cancellationToken);
    }
}
