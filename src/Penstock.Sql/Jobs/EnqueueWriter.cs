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
        """;

    private const string TieSql = """
        update job set ties = @ties, unique_key = @unique_key, waiting_for = @waiting_for where seq = @seq
        """;

    private const string CreatedSql = """
        insert into job_event (job_id, ts, level, event, message, fields)
        select id, @now, 'info', @event, null, @fields from job where seq in (select value from json_each(@seqs))
        """;

    private const string ReadySql = """
        insert into ready (queue_id, prio, kind, seq)
        select @queue_id, -priority, 0, seq from job where seq in (select value from json_each(@seqs))
        on conflict do nothing
        """;

    public static async Task<EnqueueResult> WriteAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken) =>
        (await WriteAsync(write, [draft], cancellationToken))[0];

    /// <summary>Each draft's job, in their order. The first events and hints of plain jobs are written together, at the end.</summary>
    public static async Task<IReadOnlyList<EnqueueResult>> WriteAsync(
        StoreWrite write, IReadOnlyList<JobDraft> drafts, CancellationToken cancellationToken)
    {
        if (write.Session.Database.PrefersSets && EnqueueSet.IsFor(drafts))
            return await WriteSetAsync(write, drafts, cancellationToken);
        List<EnqueueResult> results = new(drafts.Count);
        Dictionary<string, List<NewRow>> plain = new(StringComparer.Ordinal);
        CreatedFields createdFields = new();
        foreach (JobDraft draft in drafts)
        {
            if (await FindAsync(write, draft, cancellationToken) is { } known)
            {
                results.Add(new EnqueueResult(known, Existed: true));
                continue;
            }
            long? seq = await InsertAsync(write, draft, cancellationToken);
            results.Add(new EnqueueResult(draft.Id, Existed: seq is null)); // It exists: the caller gave the id and asks again.
            if (seq is null)
                continue;
            string fields = createdFields.Of(draft);
            if (draft.UniqueKey is not null || draft.DependsOn.Count > 0)
                await TieAsync(write, draft, seq.Value, fields, cancellationToken);
            else if (plain.TryGetValue(fields, out List<NewRow>? alike))
                alike.Add(new NewRow(draft, seq.Value));
            else
                plain[fields] = [new NewRow(draft, seq.Value)];
        }
        foreach ((string fields, List<NewRow> rows) in plain)
            await AnnounceAsync(write, fields, rows, cancellationToken);
        return results;
    }

    private static async Task<IReadOnlyList<EnqueueResult>> WriteSetAsync(
        StoreWrite write, IReadOnlyList<JobDraft> drafts, CancellationToken cancellationToken)
    {
        IReadOnlyList<EnqueueSet.Row> rows = await EnqueueSet.RowsOfAsync(drafts, name => write.Queues.IdAsync(write.Session, name, cancellationToken));
        write.Woken.UnionWith(drafts.Select(d => d.QueueName));
        return await EnqueueSet.WriteAsync(write.Session, rows, write.Now, cancellationToken);
    }

    /// <summary>Enqueues what follows a job that succeeded.</summary>
    /// <remarks>The key makes it one job, even if the job succeeds again: a redriven item closed its batch, or an operator requeued it.</remarks>
    public static Task ContinueAsync(StoreWrite write, Guid jobId, JobDraft continuation, CancellationToken cancellationToken) =>
        WriteAsync(write, continuation with { IdempotencyKey = $"continuation:{jobId}", CreatedAt = write.Now }, cancellationToken);

    /// <param name="fields">Of their first event: the same operation, queue and source for all.</param>
    private static async Task AnnounceAsync(StoreWrite write, string fields, List<NewRow> rows, CancellationToken cancellationToken)
    {
        JobDraft first = rows[0].Draft;
        if (rows.Count == 1)
        {
            // Alone, plain rows cost less than taking a list apart.
            await write.EventAsync(first.Id, JobEventNames.Created, fields, cancellationToken);
            await write.HintAsync(UnitKind.Job, rows[0].Seq, first.QueueName, first.Priority, first.RunAt, cancellationToken);
            return;
        }
        using (SqlStatement tell = write.Session.Statement(CreatedSql)
            .Bind("now", write.Now).Bind("event", JobEventNames.Created).Bind("fields", fields)
            .Bind("seqs", new SqlList<long>(rows.ConvertAll(r => r.Seq))))
        {
            await tell.ExecuteAsync(cancellationToken);
        }
        List<long> ready = [];
        foreach (NewRow row in rows)
        {
            if (row.Draft.RunAt > write.Now)
                await write.HintAsync(UnitKind.Job, row.Seq, row.Draft.QueueName, row.Draft.Priority, row.Draft.RunAt, cancellationToken);
            else
                ready.Add(row.Seq);
        }
        if (ready.Count == 0)
            return;
        using SqlStatement hint = write.Session.Statement(ReadySql)
            .Bind("queue_id", await write.Queues.IdAsync(write.Session, first.QueueName, cancellationToken))
            .Bind("seqs", new SqlList<long>(ready));
        await hint.ExecuteAsync(cancellationToken);
        write.Woken.Add(first.QueueName);
    }

    private static async Task TieAsync(StoreWrite write, JobDraft draft, long seq, string fields, CancellationToken cancellationToken)
    {
        await write.EventAsync(draft.Id, JobEventNames.Created, fields, cancellationToken);
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

    /// <returns>The job that stands for the draft already, by one of its keys.</returns>
    private static async Task<Guid?> FindAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        if (draft.IdempotencyKey is { } key && await FindByKeyAsync(write, key, cancellationToken) is { } known)
            return known;
        return draft.UniqueKey is { } unique ? await UniqueKeyTable.HolderAsync(write, unique, cancellationToken) : null;
    }

    private static async Task<Guid?> FindByKeyAsync(StoreWrite write, string key, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindByKeySql).Bind("key", key);
        return await find.ScalarAsync<string>(cancellationToken) is { } id ? Guid.Parse(id) : null;
    }

    private static async Task<long?> InsertAsync(StoreWrite write, JobDraft draft, CancellationToken cancellationToken)
    {
        using SqlStatement insert = write.Session.Statement(InsertSql)
            .Bind("id", draft.Id).Bind("operation", draft.Operation).Bind("queue_name", draft.QueueName)
            .Bind("payload", draft.Payload).Bind("meta", draft.Meta).Bind("created_at", draft.CreatedAt)
            .Bind("run_at", draft.RunAt).Bind("parent_job_id", draft.ParentJobId).Bind("priority", draft.Priority)
            .Bind("max_attempts", draft.MaxAttempts).Bind("timeout_seconds", draft.Timeout)
            .Bind("idempotency_key", draft.IdempotencyKey).Bind("resources", draft.Resources);
        return await insert.InsertAsync(cancellationToken);
    }

    private sealed record NewRow(JobDraft Draft, long Seq);
}
