using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>Looks at each new claim against what was left unclaimed, against the limits, and against all fences before.</summary>
internal sealed class ClaimWatch(World world)
{
    private const string NewSql = """
        select c.n, c.kind, c.seq, c.queue_id, c.fence, q.paused_at is not null, q.name,
               (select j.priority from item i join job j on j.id = i.parent_job_id where c.kind = 1 and i.seq = c.seq)
          from sim_claim_log c join queue q on q.id = c.queue_id where c.n > @after order by c.n
        """;

    private const string LeftSql = """
        select r.kind, r.seq, j.priority from ready r join job j on j.seq = r.seq
         where r.queue_id = @queue_id and r.kind = 0 and j.status = 'queued'
        union all
        select r.kind, r.seq, j.priority from ready r join item i on i.seq = r.seq join job j on j.id = i.parent_job_id
         where r.queue_id = @queue_id and r.kind = 1
        """;

    private const string LimitsSql = """
        select q.name, count(*), q.max_running from claim c join queue q on q.id = c.queue_id
         where q.max_running is not null group by q.id having count(*) > q.max_running
        """;

    private long _last;
    private long _highestFence;

    public async Task AfterCallAsync(SqlSession session, IReadOnlyDictionary<long, JobMirror> jobs, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(NewSql).Bind("after", _last);
        List<Claim> claims = await read.QueryAsync(
            row => new Claim(
                row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetBoolean(5), row.GetString(6),
                row.IntOrNull(7) ?? 0),
            cancellationToken);
        if (claims.Count == 0)
            return;
        long before = _highestFence;
        foreach (Claim claim in claims)
        {
            _last = claim.N;
            _highestFence = Math.Max(_highestFence, claim.Fence);
            if (claim.Fence <= before)
                world.Fail("I2", $"fence {claim.Fence} was given again: {before} was reached before");
            if (claim.Paused)
                world.Fail("I11", $"a unit of queue {claim.QueueName} was claimed while it was paused");
        }
        foreach (IGrouping<long, Claim> queue in claims.GroupBy(c => c.QueueId))
            await CheckOrderAsync(session, queue, jobs, cancellationToken);
        using SqlStatement limits = session.Statement(LimitsSql);
        List<string> broken = await limits.QueryAsync(
            row => $"{row.GetInt64(1)} units of queue {row.GetString(0)} run; its limit is {row.GetInt64(2)}", cancellationToken);
        if (broken.Count > 0)
            world.Fail("I10", broken[0]);
    }

    private async Task CheckOrderAsync(
        SqlSession session, IGrouping<long, Claim> queue, IReadOnlyDictionary<long, JobMirror> jobs, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(LeftSql).Bind("queue_id", queue.Key);
        List<(int Kind, long Seq, int Priority)> left = await read.QueryAsync(
            row => (row.GetInt32(0), row.GetInt64(1), row.GetInt32(2)), cancellationToken);
        foreach (Claim claim in queue)
        {
            // Items have the priority of their coordinator.
            int priority = claim.Kind == 0 && jobs.TryGetValue(claim.Seq, out JobMirror? job) ? job.Priority : claim.ParentPriority;
            foreach ((int kind, long seq, int waiting) in left)
            {
                if (kind == claim.Kind && (waiting > priority || (waiting == priority && seq < claim.Seq)))
                    world.Fail("I9", $"queue {claim.QueueName}: unit {claim.Seq} (priority {priority}) was taken while {seq} (priority {waiting}) waited");
            }
        }
    }

    private sealed record Claim(long N, int Kind, long Seq, long QueueId, long Fence, bool Paused, string QueueName, int ParentPriority);
}
