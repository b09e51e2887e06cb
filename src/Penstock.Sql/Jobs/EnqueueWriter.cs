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
                         max_attempts, timeout_seconds, idempotency_key, resources)
        values (@id, @operation, @queue_name, 'queued', @payload, @meta, @created_at, @run_at, @parent_job_id, @priority,
                @max_attempts, @timeout_seconds, @idempotency_key, @resources)
        on conflict (id) do nothing
        returning seq
        """;

    private const string TieSql = """
        update job set ties = @ties, unique_key = @unique_key, waiting_for = @waiting_for where seq = @seq
        """;

    public static async Task<EnqueueResult> WriteAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        if (draft.IdempotencyKey is { } key && await FindByKeyAsync(write, key, cancellationToken) is { } known)
            return new EnqueueResult(known, Existed: true);

        if (draft.UniqueKey is { } unique && await UniqueKeyTable.HolderAsync(write, unique, cancellationToken) is { } holder)
            return new EnqueueResult(holder, Existed: true);

        long seq = await InsertAsync(write, draft, cancellationToken);
        if (seq == 0)
            return new EnqueueResult(draft.Id, Existed: true); // The caller gave the id and asks again.
        await write.EventAsync(draft.Id, JobEventNames.Created, Fields(draft), cancellationToken);
        if (draft.UniqueKey is null && draft.DependsOn.Count == 0)
            await write.HintAsync(UnitKind.Job, seq, draft.QueueName, draft.Priority, draft.RunAt, cancellationToken);
        else
            await TieAsync(write, draft, seq, cancellationToken);
        return new EnqueueResult(draft.Id, Existed: false);
    }

    /// <summary>Enqueues what follows a job that succeeded.</summary>
    /// <remarks>The key makes it one job, even if the job succeeds again: a redriven item closed its batch, or an operator requeued it.</remarks>
    public static Task ContinueAsync(StoreWrite write, Guid jobId, JobDraft continuation, CancellationToken cancellationToken) =>
        WriteAsync(write, continuation with { IdempotencyKey = $"continuation:{jobId}", CreatedAt = write.Now }, cancellationToken);

    private static async Task TieAsync(StoreWrite write, JobDraft draft, long seq, CancellationToken cancellationToken)
    {
        JobTies ties = (draft.UniqueKey is null ? 0 : JobTies.UniqueKey) | (draft.DependsOn.Count == 0 ? 0 : JobTies.Dependencies);
        if (draft.UniqueKey is { } key)
            await UniqueKeyTable.TakeAsync(write, key, draft.Id, cancellationToken);
        Blocking blocking = await DependencyWriter.BlockAsync(write, draft, cancellationToken);
        using (SqlStatement tie = write.Session.Statement(TieSql)
            .Bind("seq", seq).Bind("ties", (int)ties).Bind("unique_key", draft.UniqueKey)
            .Bind("waiting_for", blocking.IsBlocked ? "dependencies" : null))
        {
            await tie.ExecuteAsync(cancellationToken);
        }
        if (blocking.EndedBy is { } dependency)
            await CancelWriter.CancelAsync(write, draft.Id, DependencyWriter.ReasonOf(dependency, blocking.EndedAs!), cancellationToken);
        else if (!blocking.IsBlocked)
            await write.HintAsync(UnitKind.Job, seq, draft.QueueName, draft.Priority, draft.RunAt, cancellationToken);
    }

    private static async Task<Guid?> FindByKeyAsync(StoreWrite write, string key, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindByKeySql).Bind("key", key);
        return await find.ScalarAsync<string>(cancellationToken) is { } id ? Guid.Parse(id) : null;
    }

    private static async Task<long> InsertAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("id", draft.Id).Bind("operation", draft.Operation).Bind("queue_name", draft.QueueName)
            .Bind("payload", draft.Payload).Bind("meta", draft.Meta).Bind("created_at", draft.CreatedAt)
            .Bind("run_at", draft.RunAt).Bind("parent_job_id", draft.ParentJobId).Bind("priority", draft.Priority)
            .Bind("max_attempts", draft.MaxAttempts).Bind("timeout_seconds", draft.Timeout)
            .Bind("idempotency_key", draft.IdempotencyKey).Bind("resources", draft.Resources);
        return await insert.ScalarAsync<long>(cancellationToken);
    }

    private static string Fields(JobDraft draft) =>
        $"{{\"operation\":{StoreWrite.Quote(draft.Operation)},\"queue\":{StoreWrite.Quote(draft.QueueName)}" +
        (draft.Source is null ? "}" : $",\"source\":{StoreWrite.Quote(draft.Source)}}}");
}
