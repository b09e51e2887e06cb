using System.Data.Common;
using System.Text.Json;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>Reads for people: each finds its rows through a hint table or an index, never by scanning jobs for a status.</summary>
public sealed class SqlJobReader(SqlDatabase database, TimeProvider time, WorkerLeaseOptions leases) : IJobReader
{
    private const string FindSql = $"select {JobRow.Columns} from job j where j.id = @id";

    // The source says where jobs of that status are to be found; each list has them all.
    private const string ListSql = $"""
        select {JobRow.Columns} from job j
         where (j.status = @status or @status is null)
           and (j.operation = @operation or @operation is null)
           and (j.queue_name = @queue_name or @queue_name is null)
           and (@top_level = 0 or j.parent_job_id is null)
           and (j.id < @before or @before is null)
        """;

    private const string PageSql = " order by j.id desc limit @limit offset @offset";

    private const string QueuedSql = """
         and j.seq in (select seq from ready where kind = 0 union all select seq from deferred where kind = 0
                       union all select seq from parked where kind = 0
                       union all select seq from job where waiting_for in ('dependencies', 'signal'))
        """;

    private const string RunningSql = """
         and j.seq in (select seq from claim where kind = 0 union all select seq from job where waiting_for in ('batch', 'children'))
        """;

    private const string ChildrenSql = " and j.parent_job_id = @parent";

    private const string EventsSql = """
        select id, job_id, ts, level, event, message, fields from job_event where job_id = @job_id and id > @after order by id limit @limit
        """;

    private const string NewestEventsSql = """
        select id, job_id, ts, level, event, message, fields from job_event where job_id = @job_id order by id desc limit @limit
        """;

    private const string AllEventsSql = """
        select id, job_id, ts, level, event, message, fields from job_event where id > @after order by id limit @limit
        """;

    private const string RecentSql = """
        select e.id, e.job_id, e.ts, e.level, e.event, e.message, e.fields, (select j.operation from job j where j.id = e.job_id)
          from job_event e
         where e.id < @before and e.id > @floor
           and (e.event = @name or @name is null)
           and ((e.event >= @name_from and e.event < @name_to) or @name_from is null)
        """;

    // In the words of the partial index on what went wrong.
    private const string TroubleSql = " and e.level <> 'info' and (@level = 'warning' or e.level = 'error')";

    private const string RecentPageSql = " order by e.id desc limit @limit";

    private const string LastEventSql = "select coalesce(max(id), 0) from job_event";

    private static readonly SqlVariants QueuesSql = new(Queues(QueueTally.Columns.Sqlite), Queues(QueueTally.Columns.Postgres));

    private static string Queues(string tally) => $"""
        select q.name, q.max_running, q.paused_at is not null,
               (select count(*) from ready r where r.queue_id = q.id),
               (select count(*) from deferred d where d.queue_id = q.id),
               (select count(*) from claim c where c.queue_id = q.id),
               (select case r.kind when 0 then (select j.created_at from job j where j.seq = r.seq)
                                   else (select i.created_at from item i where i.seq = r.seq) end
                  from ready r where r.queue_id = q.id order by r.prio, r.kind, r.seq limit 1),
               {tally},
               (select count(*) from worker w where exists (select 1 from json_each(w.queues) where value = q.name)),
               q.paused_at, q.paused_by, q.pause_reason,
               (select count(*) from parked p where p.queue_id = q.id),
               (select count(*) from ready r where r.queue_id = q.id and r.kind = 1)
                 + (select count(*) from deferred d where d.queue_id = q.id and d.kind = 1)
                 + (select count(*) from parked p where p.queue_id = q.id and p.kind = 1),
               q.on_lost, q.max_running_per_key, q.rate_count, q.rate_seconds, q.key_rate_count, q.key_rate_seconds
          from queue q order by q.name
        """;

    private const string WorkersSql = """
        select w.id, w.host, w.pid, w.queues, w.slots, min((select count(*) from claim c where c.worker_id = w.id), w.slots),
               w.draining, w.started_at, w.heartbeat_at, w.labels, w.drain_requested_by, w.drain_requested_at is not null, w.kind
          from worker w order by w.host, w.pid, w.id
        """;

    private const string DeadLetterColumns = """
        select id, kind, job_id, queue_name, operation, payload, error_code, error_message, attempts, status, created_at, settled_at, settled_by, item_index, stage,
               assignee, urgency, edited
          from dead_letter
        """;

    private const string DeadLetterWhere = """
         where (status = @status or (@status = 'open' and status in ('pending', 'in_review')) or @status is null)
           and (queue_name = @queue_name or @queue_name is null)
           and (operation = @operation or @operation is null)
           and (error_code = @error_code or @error_code is null)
           and (job_id = @job_id or @job_id is null)
           and (assignee = @assignee or @assignee is null)
           and (@quarantined = case error_code when @quarantine_code then 1 else 0 end or @quarantined is null)
           and (created_at < @created_before or @created_before is null)
           and (id < @before_id or @before_id is null)
        """;

    private const string BatchSql = """
        select s.stage, s.operation, s.queue_name, b.total, s.done, s.failed
          from batch_stage s join batch b on b.parent_job_id = s.parent_job_id
         where s.parent_job_id = @id order by s.stage
        """;

    public Task<Job?> FindAsync(Guid jobId, CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => FindAsync(session, jobId, token), cancellationToken);

    internal static async Task<Job?> FindAsync(SqlSession session, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(FindSql).Bind("id", jobId);
        return await find.FirstAsync(JobRow.Read, cancellationToken);
    }

    public Task<IReadOnlyList<Job>> ListAsync(JobFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                string source = filter switch
                {
                    { ParentJobId: not null } => ChildrenSql,
                    { Status: JobStatus.Queued } => QueuedSql,
                    { Status: JobStatus.Running } => RunningSql,
                    _ => "",
                };
                using SqlStatement list = session.Statement(ListSql + source + PageSql)
                    .Bind("status", filter.Status?.ToText()).Bind("operation", filter.Operation)
                    .Bind("queue_name", filter.QueueName).Bind("top_level", filter.TopLevelOnly ? 1 : 0)
                    .Bind("before", filter.Before).Bind("limit", filter.Limit).Bind("offset", filter.Offset);
                if (filter.ParentJobId is { } parent)
                    list.Bind("parent", parent);
                return (IReadOnlyList<Job>)await list.QueryAsync(JobRow.Read, token);
            },
            cancellationToken);

    public Task<IReadOnlyList<JobEvent>> EventsAsync(Guid jobId, long? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(after is null ? NewestEventsSql : EventsSql)
                    .Bind("job_id", jobId).Bind("limit", limit);
                if (after is not null)
                    read.Bind("after", after);
                return (IReadOnlyList<JobEvent>)await read.QueryAsync(ReadEvent, token);
            },
            cancellationToken);

    public Task<IReadOnlyList<JobEvent>> EventsAfterAsync(long after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(AllEventsSql).Bind("after", after).Bind("limit", limit);
                return (IReadOnlyList<JobEvent>)await read.QueryAsync(ReadEvent, token);
            },
            cancellationToken);

    public Task<IReadOnlyList<RecentEvent>> RecentEventsAsync(RecentEventFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement last = session.Statement(LastEventSql);
                long before = Math.Min(filter.Before ?? long.MaxValue, await last.ScalarAsync<long>(token) + 1);
                bool trouble = filter.MinLevel != JobEventLevel.Info;
                string? start = filter.Name is ['*'] ? null : filter.Name is [.., '*'] ? filter.Name[..^1] : null;
                using SqlStatement read = session.Statement(RecentSql + (trouble ? TroubleSql : "") + RecentPageSql)
                    .Bind("before", before).Bind("floor", filter.Name is null || trouble ? -1 : before - RecentEventFilter.Depth)
                    .Bind("name", filter.Name is [.., '*'] ? null : filter.Name)
                    .Bind("name_from", start).Bind("name_to", start is null ? null : start + '\uFFFF').Bind("limit", filter.Limit);
                if (trouble)
                    read.Bind("level", filter.MinLevel == JobEventLevel.Warning ? "warning" : "error");
                return (IReadOnlyList<RecentEvent>)await read.QueryAsync(row => new RecentEvent(ReadEvent(row), row.TextOrNull(7)), token);
            },
            cancellationToken);

    public Task<long> LastEventIdAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(LastEventSql);
                return await read.ScalarAsync<long>(token);
            },
            cancellationToken);

    public Task<IReadOnlyList<QueueState>> QueuesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(QueuesSql);
                List<QueueState> queues = await read.QueryAsync(ReadQueue, token);
                for (int i = 0; i < queues.Count; i++)
                {
                    if (queues[i].Rate is { } rate)
                        queues[i] = queues[i] with { RateUsed = await RateLog.CountAsync(session, RateLog.ScopeOfQueue(queues[i].Name), time.GetUtcNow() - rate.Per, token) };
                }
                return (IReadOnlyList<QueueState>)queues;
            },
            cancellationToken);

    public Task<IReadOnlyList<WorkerState>> WorkersAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                DateTimeOffset dead = time.GetUtcNow() - leases.Lease;
                using SqlStatement read = session.Statement(WorkersSql);
                return (IReadOnlyList<WorkerState>)await read.QueryAsync(row => ReadWorker(row, dead), token);
            },
            cancellationToken);

    public Task<IReadOnlyList<DeadLetter>> DeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = Bind(
                    session.Statement(DeadLetterColumns + DeadLetterWhere + " order by id desc limit @limit offset @offset"), filter)
                    .Bind("limit", filter.Limit).Bind("offset", filter.Offset);
                return (IReadOnlyList<DeadLetter>)await read.QueryAsync(ReadDeadLetter, token);
            },
            cancellationToken);

    public Task<DeadLetter?> FindDeadLetterAsync(Guid deadLetterId, CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => FindDeadLetterAsync(session, deadLetterId, token), cancellationToken);

    internal static async Task<DeadLetter?> FindDeadLetterAsync(SqlSession session, Guid deadLetterId, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(DeadLetterColumns + " where id = @id").Bind("id", deadLetterId);
        return await read.FirstAsync(ReadDeadLetter, cancellationToken);
    }

    public Task<long> CountDeadLettersAsync(DeadLetterFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement count = Bind(session.Statement("select count(*) from dead_letter" + DeadLetterWhere), filter);
                return await count.ScalarAsync<long>(token);
            },
            cancellationToken);

    public Task<IReadOnlyList<BatchStageState>> BatchAsync(Guid parentJobId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(BatchSql).Bind("id", parentJobId);
                return (IReadOnlyList<BatchStageState>)await read.QueryAsync(
                    row => new BatchStageState(
                        row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)),
                    token);
            },
            cancellationToken);

    private static SqlStatement Bind(SqlStatement statement, DeadLetterFilter filter) => statement
        .Bind("status", filter.Status).Bind("queue_name", filter.QueueName)
        .Bind("error_code", filter.ErrorCode).Bind("job_id", filter.JobId).Bind("operation", filter.Operation)
        .Bind("assignee", filter.Assignee).Bind("quarantined", filter.IsQuarantined is { } only ? only ? 1 : 0 : null)
        .Bind("quarantine_code", DeadLetter.QuarantineCode).Bind("created_before", filter.CreatedBefore).Bind("before_id", filter.BeforeId);

    private static JobEvent ReadEvent(DbDataReader row) => new(
        row.GetInt64(0), row.GetGuid(1), row.Instant(2),
        row.GetString(3) switch { "warning" => JobEventLevel.Warning, "error" => JobEventLevel.Error, _ => JobEventLevel.Info },
        row.GetString(4), row.TextOrNull(5), row.GetString(6));

    private static QueueState ReadQueue(DbDataReader row) => new(
        row.GetString(0), row.IntOrNull(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        row.InstantOrNull(6), row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetInt32(10))
    {
        Pause = row.InstantOrNull(11) is { } at ? new QueuePause(at, row.TextOrNull(12), row.TextOrNull(13)) : null,
        Parked = row.GetInt64(14),
        WaitingItems = row.GetInt64(15),
        OnLost = row.GetString(16) == "fail" ? LostPolicy.Fail : LostPolicy.Requeue,
        MaxRunningPerKey = row.IntOrNull(17),
        Rate = KeyLimits.RateOf(row, 18),
        RatePerKey = KeyLimits.RateOf(row, 20),
    };

    private static WorkerState ReadWorker(DbDataReader row, DateTimeOffset deadBefore)
    {
        DateTimeOffset heartbeatAt = row.Instant(8);
        string state = heartbeatAt < deadBefore ? "dead" : row.GetBoolean(6) || row.GetBoolean(11) ? "draining" : "running";
        return new WorkerState(
            row.GetString(0), row.GetString(1), row.GetInt32(2), JsonSerializer.Deserialize<string[]>(row.GetString(3)) ?? [],
            row.GetInt32(4), row.GetInt32(5), state, row.Instant(7), heartbeatAt)
        {
            Labels = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(9)) ?? [],
            DrainRequestedBy = row.TextOrNull(10),
            Kind = row.GetString(12),
        };
    }

    private static DeadLetter ReadDeadLetter(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6),
        row.GetString(7), row.GetInt32(8), row.GetString(9), row.Instant(10), row.InstantOrNull(11), row.TextOrNull(12),
        row.IntOrNull(13), row.IntOrNull(14))
    {
        Assignee = row.TextOrNull(15),
        Urgency = row.GetString(16),
        IsEdited = row.GetBoolean(17),
    };
}
