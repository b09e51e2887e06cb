using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Jobs without keys or dependencies, stored by one statement; for databases where each statement is a round trip.</summary>
internal sealed class EnqueueSet(TimeProvider time) : RowAdder<EnqueueSet.Row, EnqueueResult>
{
    /// <summary>Rows of one statement: bounds its memory here and on the server.</summary>
    private const int RowsMax = 1_000;

    private const string WriteSql = """
        with draft as (
            select * from unnest(
                cast(@ids as uuid[]), cast(@operations as text[]), cast(@queue_names as text[]), cast(@queue_ids as bigint[]),
                cast(@payloads as json[]), cast(@metas as json[]), cast(@created as timestamptz[]), cast(@run_ats as timestamptz[]),
                cast(@parents as uuid[]), cast(@priorities as integer[]), cast(@max_attempts as integer[]),
                cast(@timeouts as double precision[]), cast(@resources as json[]), cast(@fields as json[]))
              as d (id, operation, queue_name, queue_id, payload, meta, created_at, run_at, parent_job_id, priority, max_attempts,
                    timeout_seconds, resources, fields)),
        new as (
            insert into job (id, operation, queue_name, status, payload, meta, created_at, run_at, parent_job_id, priority,
                             max_attempts, timeout_seconds, resources)
            select id, operation, queue_name, 'queued', payload, meta, created_at, run_at, parent_job_id, priority,
                   max_attempts, timeout_seconds, resources
              from draft
            on conflict (id) do nothing
            returning seq, id),
        told as (
            insert into job_event (job_id, ts, level, event, message, fields)
            select d.id, @now, 'info', @event, null, d.fields from new n join draft d on d.id = n.id),
        ready_now as (
            insert into ready (queue_id, prio, kind, seq)
            select d.queue_id, -d.priority, @kind, n.seq from new n join draft d on d.id = n.id
             where d.run_at is null or d.run_at <= @now
            on conflict do nothing),
        ready_later as (
            insert into deferred (run_at, kind, seq, queue_id, prio)
            select d.run_at, @kind, n.seq, d.queue_id, -d.priority from new n join draft d on d.id = n.id
             where d.run_at > @now
            on conflict do nothing)
        select id from new
        """;

    /// <summary>Whether the drafts only add rows: nothing about them has to be looked up first.</summary>
    public static bool IsFor(IReadOnlyList<JobDraft> drafts) =>
        drafts.All(d => d.IdempotencyKey is null && d.UniqueKey is null && d.DependsOn.Count == 0);

    public override int RowsPerStatement => RowsMax;

    /// <summary>Looks up what the drafts name, to be added.</summary>
    public static async Task<IReadOnlyList<Row>> RowsOfAsync(
        IReadOnlyList<JobDraft> drafts, Func<string, ValueTask<long>> queueIdOf)
    {
        Row[] rows = new Row[drafts.Count];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = new Row(drafts[i], await queueIdOf(drafts[i].QueueName));
        return rows;
    }

    public override Task<IReadOnlyList<EnqueueResult>> AddAsync(
        SqlSession session, IReadOnlyList<Row> rows, CancellationToken cancellationToken) =>
        WriteAsync(session, rows, time.GetUtcNow(), cancellationToken);

    /// <returns>Each row's job, in their order.</returns>
    public static async Task<IReadOnlyList<EnqueueResult>> WriteAsync(
        SqlSession session, IReadOnlyList<Row> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<EnqueueResult> results = new(rows.Count);
        foreach (Row[] part in rows.Chunk(RowsMax))
        {
            HashSet<Guid> added = await InsertAsync(session, part, now, cancellationToken);
            // Not added: the caller gave the id, and asks again; or the connection broke, and it had been added.
            results.AddRange(part.Select(r => new EnqueueResult(r.Draft.Id, Existed: !added.Remove(r.Draft.Id))));
        }
        return results;
    }

    private static async Task<HashSet<Guid>> InsertAsync(
        SqlSession session, Row[] rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using SqlStatement insert = session.Statement(WriteSql)
            .Bind("now", now).Bind("event", JobEventNames.Created).Bind("kind", UnitKind.Job)
            .Bind("ids", ListOf(rows, d => d.Id)).Bind("operations", ListOf(rows, d => d.Operation))
            .Bind("queue_names", ListOf(rows, d => d.QueueName)).Bind("queue_ids", new SqlList<long>(Array.ConvertAll(rows, r => r.QueueId)))
            .Bind("payloads", ListOf(rows, d => d.Payload)).Bind("metas", ListOf(rows, d => d.Meta))
            .Bind("created", ListOf<DateTimeOffset?>(rows, d => d.CreatedAt)).Bind("run_ats", ListOf(rows, d => d.RunAt))
            .Bind("parents", ListOf(rows, d => d.ParentJobId)).Bind("priorities", ListOf(rows, d => d.Priority))
            .Bind("max_attempts", ListOf(rows, d => d.MaxAttempts)).Bind("timeouts", ListOf(rows, d => d.Timeout?.TotalSeconds))
            .Bind("resources", ListOf(rows, d => d.Resources)).Bind("fields", ListOf(rows, new CreatedFields().Of));
        return [.. await insert.QueryAsync(row => row.GetGuid(0), cancellationToken)];
    }

    private static SqlList<T> ListOf<T>(Row[] rows, Func<JobDraft, T> value) => new(Array.ConvertAll(rows, r => value(r.Draft)));

    /// <param name="QueueId">Of the queue that the draft names.</param>
    public readonly record struct Row(JobDraft Draft, long QueueId);
}
