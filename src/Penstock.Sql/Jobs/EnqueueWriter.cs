using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Stop 1 of a job's walk: the row, its hint and its first event, in one transaction.</summary>
internal static class EnqueueWriter
{
    private const string FindByKeySql = "select id from job where idempotency_key = @key";

    private const string InsertSql = """
        insert into job (id, operation, queue_name, status, payload, meta, created_at, run_at, parent_job_id, priority,
                         max_attempts, timeout_seconds, idempotency_key)
        values (@id, @operation, @queue_name, 'queued', @payload, @meta, @created_at, @run_at, @parent_job_id, @priority,
                @max_attempts, @timeout_seconds, @idempotency_key)
        on conflict (id) do nothing
        returning seq
        """;

    public static async Task<EnqueueResult> WriteAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        if (draft.IdempotencyKey is { } key && await FindByKeyAsync(write, key, cancellationToken) is { } known)
            return new EnqueueResult(known, Existed: true);

        long seq = await InsertAsync(write, draft, cancellationToken);
        if (seq == 0)
            return new EnqueueResult(draft.Id, Existed: true); // The caller gave the id and asks again.
        await write.HintAsync(UnitKind.Job, seq, draft.QueueName, draft.Priority, draft.RunAt, cancellationToken);
        await write.EventAsync(draft.Id, JobEventNames.Created, Fields(draft), cancellationToken);
        return new EnqueueResult(draft.Id, Existed: false);
    }

    /// <summary>Enqueues what follows a job that succeeded.</summary>
    /// <remarks>The key makes it one job, even if the job succeeds again: a redriven item closed its batch, or an operator requeued it.</remarks>
    public static Task ContinueAsync(StoreWrite write, Guid jobId, JobDraft continuation, CancellationToken cancellationToken) =>
        WriteAsync(write, continuation with { IdempotencyKey = $"continuation:{jobId}", CreatedAt = write.Now }, cancellationToken);

    private static async Task<Guid?> FindByKeyAsync(StoreWrite write, string key, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindByKeySql).Bind("key", key);
        string? id = await find.FirstAsync(row => row.GetGuid(0).ToString(), cancellationToken);
        return id is null ? null : Guid.Parse(id);
    }

    private static async Task<long> InsertAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("id", draft.Id).Bind("operation", draft.Operation).Bind("queue_name", draft.QueueName)
            .Bind("payload", draft.Payload).Bind("meta", draft.Meta).Bind("created_at", draft.CreatedAt)
            .Bind("run_at", draft.RunAt).Bind("parent_job_id", draft.ParentJobId).Bind("priority", draft.Priority)
            .Bind("max_attempts", draft.MaxAttempts).Bind("timeout_seconds", draft.Timeout)
            .Bind("idempotency_key", draft.IdempotencyKey);
        return await insert.ScalarAsync<long>(cancellationToken);
    }

    private static string Fields(JobDraft draft) =>
        $"{{\"operation\":{StoreWrite.Quote(draft.Operation)},\"queue\":{StoreWrite.Quote(draft.QueueName)}" +
        (draft.Source is null ? "}" : $",\"source\":{StoreWrite.Quote(draft.Source)}}}");
}
