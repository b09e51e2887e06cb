using System.Data.Common;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Steps, dependencies and signals as people look at them.</summary>
public sealed class SqlFlowReader(SqlDatabase database) : IFlowReader
{
    private const int StepsMax = 200;
    private const int DependentsMax = 200;

    /// <summary>Characters of JSON that a job's own view shows of a step.</summary>
    private const int OutputShownMax = 4_000;

    private const string StepsSql = """
        select name, kind, outcome, case when length(cast(output as text)) <= @shown then output end, length(cast(output as text)), attempt, finished_at, duration_seconds
          from job_step where job_id = @id order by finished_at, name limit @limit
        """;

    private const string StepSql = """
        select name, kind, outcome, output, length(cast(output as text)), attempt, finished_at, duration_seconds
          from job_step where job_id = @id and name = @name
        """;

    private const string DependsOnSql = """
        select d.depends_on_id, j.operation, j.status, d.on_failure, d.step, d.resolved_at, d.resolution
          from job_dependency d left join job j on j.id = d.depends_on_id
         where d.job_id = @id order by d.step, d.position limit @limit
        """;

    private const string DependentsSql = """
        select d.job_id, j.operation, j.status, d.on_failure, d.step, d.resolved_at, d.resolution
          from job_dependency d left join job j on j.id = d.job_id
         where d.depends_on_id = @id order by d.job_id limit @limit
        """;

    private const string WaitsSql = "select name, step, since, deadline from signal_wait where job_id = @id order by since, step";

    private const string SignalsSql = """
        select s.name, s.payload, s.sent_at, s.sent_by, (select count(*) from signal_wait w where w.name = s.name)
          from signal s
        """;

    private const string SignalPageSql = """
         where substr(s.name, 1, length(@prefix)) = @prefix or @prefix is null
         order by s.sent_at desc, s.name limit @limit offset @offset
        """;

    private const string JobsSql = $"select {JobRow.Columns} from job j where j.id in (select value from json_each(@ids)) order by j.id";

    private const string EdgesSql = """
        select parent_job_id, id, 1 from job where parent_job_id in (select value from json_each(@ids))
        union all
        select depends_on_id, job_id, 0 from job_dependency where step = '' and depends_on_id in (select value from json_each(@ids))
        limit @limit
        """;

    public Task<JobFlow> FlowAsync(Guid jobId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement steps = session.Statement(StepsSql)
                    .Bind("id", jobId).Bind("shown", OutputShownMax).Bind("limit", StepsMax);
                using SqlStatement waits = session.Statement(WaitsSql).Bind("id", jobId);
                return new JobFlow(
                    await steps.QueryAsync(ReadStep, token),
                    await DependenciesAsync(session, DependsOnSql, jobId, token),
                    await DependenciesAsync(session, DependentsSql, jobId, token),
                    await waits.QueryAsync(
                        row => new SignalWaitState(row.GetString(0), row.GetString(1), row.Instant(2), row.InstantOrNull(3)), token));
            },
            cancellationToken);

    public Task<StepState?> FindStepAsync(Guid jobId, string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(StepSql).Bind("id", jobId).Bind("name", name);
                return await read.FirstAsync(ReadStep, token);
            },
            cancellationToken);

    public Task<JobTree> TreeAsync(Guid jobId, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                HashSet<Guid> known = [jobId];
                List<JobEdge> edges = [];
                List<Guid> ring = [jobId];
                bool truncated = false;
                while (ring.Count > 0)
                {
                    List<Guid> next = [];
                    foreach (JobEdge edge in await EdgesAsync(session, ring, limit, token))
                    {
                        if (!known.Contains(edge.To) && known.Count >= limit)
                        {
                            truncated = true;
                            continue;
                        }
                        edges.Add(edge);
                        if (known.Add(edge.To))
                            next.Add(edge.To);
                    }
                    ring = next;
                }
                using SqlStatement read = session.Statement(JobsSql).Bind("ids", Ids(known));
                List<Job> jobs = await read.QueryAsync(JobRow.Read, token);
                return new JobTree([.. jobs.OrderByDescending(j => j.Id == jobId)], edges, truncated);
            },
            cancellationToken);

    public Task<IReadOnlyList<SignalState>> SignalsAsync(SignalFilter filter, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(SignalsSql + SignalPageSql)
                    .Bind("prefix", filter.Prefix).Bind("limit", filter.Limit).Bind("offset", filter.Offset);
                return (IReadOnlyList<SignalState>)await read.QueryAsync(ReadSignal, token);
            },
            cancellationToken);

    public Task<SignalState?> FindSignalAsync(string name, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement read = session.Statement(SignalsSql + " where s.name = @name").Bind("name", name);
                return await read.FirstAsync(ReadSignal, token);
            },
            cancellationToken);

    private static async Task<List<DependencyState>> DependenciesAsync(
        SqlSession session, string sql, Guid jobId, CancellationToken cancellationToken)
    {
        int limit = sql == DependsOnSql ? Engine.Enqueueing.JobDrafting.DependenciesMax : DependentsMax;
        using SqlStatement read = session.Statement(sql).Bind("id", jobId).Bind("limit", limit);
        return await read.QueryAsync(
            row => new DependencyState(
                row.GetGuid(0), row.TextOrNull(1), row.TextOrNull(2) is { } status ? JobStatusText.Parse(status) : null, row.GetString(3),
                row.GetString(4), row.InstantOrNull(5), row.TextOrNull(6)),
            cancellationToken);
    }

    private static async Task<List<JobEdge>> EdgesAsync(
        SqlSession session, IReadOnlyCollection<Guid> from, int limit, CancellationToken cancellationToken)
    {
        // Twice the limit: a job may be child and dependent of the same one.
        using SqlStatement read = session.Statement(EdgesSql).Bind("ids", Ids(from)).Bind("limit", 2 * limit + 1);
        return await read.QueryAsync(row => new JobEdge(row.GetGuid(0), row.GetGuid(1), row.GetInt32(2) == 1), cancellationToken);
    }

    private static SqlList<string> Ids(IReadOnlyCollection<Guid> ids) => new(ids.Select(id => id.ToString()).ToList());

    private static StepState ReadStep(DbDataReader row) => new(
        row.GetString(0), StepText.ParseKind(row.GetString(1)), StepText.ParseOutcome(row.GetString(2)), row.TextOrNull(3), row.GetInt32(4),
        row.GetInt32(5), row.Instant(6), TimeSpan.FromSeconds(row.GetDouble(7)));

    private static SignalState ReadSignal(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.Instant(2), row.TextOrNull(3), row.GetInt32(4));
}
