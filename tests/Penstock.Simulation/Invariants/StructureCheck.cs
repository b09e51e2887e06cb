using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>What the tables must be to each other at every commit.</summary>
internal sealed class StructureCheck(World world)
{
    /// <summary>Each finds what must not be; the first column says it.</summary>
    private static readonly (string Invariant, string Sql)[] Rules =
    [
        ("I8", """
            select 'queued job ' || j.id || ' has no hint' from job j
             where j.status = 'queued'
               and j.waiting_for is not 'dependencies' and not (j.waiting_for is 'signal' and j.run_at is null)
               and not exists (select 1 from ready r where r.kind = 0 and r.seq = j.seq)
               and not exists (select 1 from deferred d where d.kind = 0 and d.seq = j.seq)
               and not exists (select 1 from parked p where p.kind = 0 and p.seq = j.seq)
            """),
        ("I8", """
            select 'item ' || i.parent_job_id || '/' || i.stage || '/' || i.item_index || ' has neither claim nor hint' from item i
             where not exists (select 1 from claim c where c.kind = 1 and c.seq = i.seq)
               and not exists (select 1 from ready r where r.kind = 1 and r.seq = i.seq)
               and not exists (select 1 from deferred d where d.kind = 1 and d.seq = i.seq)
               and not exists (select 1 from parked p where p.kind = 1 and p.seq = i.seq)
            """),
        ("I2", """
            select 'running job ' || j.id || ' (fence ' || j.fence || ') has no claim' from job j
             where j.status = 'running' and j.waiting_for is null
               and not exists (select 1 from claim c where c.kind = 0 and c.seq = j.seq and c.fence = j.fence)
            """),
        ("I2", """
            select 'claim ' || c.fence || ' of worker ' || c.worker_id || ' holds job ' || coalesce(j.id, c.seq) || ', which is '
                   || coalesce(j.status || ' with fence ' || j.fence || ' ' || coalesce(j.waiting_for, ''), 'gone')
              from claim c left join job j on j.seq = c.seq
             where c.kind = 0 and (j.seq is null or j.status <> 'running' or j.fence <> c.fence or j.waiting_for is not null)
            """),
        ("I2", """
            select 'claim ' || c.fence || ' holds item ' || c.seq || ', which is ' || coalesce('under fence ' || i.fence, 'gone')
              from claim c left join item i on i.seq = c.seq where c.kind = 1 and (i.seq is null or i.fence <> c.fence)
            """),
        ("I6", """
            select 'item ' || i.stage || '/' || i.item_index || ' is left of job ' || i.parent_job_id || ', which is '
                   || coalesce(j.status || ' ' || coalesce(j.waiting_for, ''), 'gone')
              from item i left join job j on j.id = i.parent_job_id
             where j.id is null or j.status <> 'running' or j.waiting_for is not 'batch'
            """),
        ("I5", """
            select 'job ' || j.id || ' tells progress ' || j.progress_current || '; its last stage has ' || s.done || ' of ' || b.total
              from job j join batch b on b.parent_job_id = j.id
              join batch_stage s on s.parent_job_id = j.id and s.stage = b.stages - 1
             where (j.waiting_for = 'batch' or j.status = 'succeeded')
               and (j.progress_current is not s.done or s.done > b.total or j.progress_total is not b.total)
            """),
        ("I6", """
            select 'job ' || j.id || ' waits, although all its items ended' from job j join batch b on b.parent_job_id = j.id
             where j.waiting_for = 'batch'
               and b.total <= (select s.done from batch_stage s where s.parent_job_id = j.id and s.stage = b.stages - 1)
                            + (select sum(s.failed) from batch_stage s where s.parent_job_id = j.id)
            """),
        ("I6", """
            select 'job ' || j.id || ' closed with ' || (select s.done from batch_stage s where s.parent_job_id = j.id and s.stage = b.stages - 1)
                   || ' of ' || b.total || ' items done'
              from job j join batch b on b.parent_job_id = j.id
             where j.status = 'succeeded'
               and b.total <> (select s.done from batch_stage s where s.parent_job_id = j.id and s.stage = b.stages - 1)
                            + (select sum(s.failed) from batch_stage s where s.parent_job_id = j.id)
            """),
        ("I8", """
            select 'job ' || j.id || ' waits for children that have all ended' from job j
             where j.waiting_for = 'children'
               and not exists (select 1 from job c where c.parent_job_id = j.id and c.status in ('queued', 'running'))
            """),
        ("E1", """
            select 'job ' || j.id || ' is stored in the clear: ' || j.payload || ' ' || coalesce(j.result, '') from job j
             where j.operation = 'sim.sealed'
               and (j.payload not like '{"$encrypted":{%' or (j.status = 'succeeded' and j.result not like '{"$encrypted":{%'))
            """),
        ("E1", "select 'item ' || i.parent_job_id || '/' || i.item_index || ' is stored in the clear' from item i where i.payload not like '{\"$encrypted\":{%'"),
        ("E1", """
            select 'dead letter ' || d.id || ' is stored in the clear' from dead_letter d
             where d.operation in ('sim.sealed', 'sim.cut', 'sim.write') and d.payload not like '{"$encrypted":{%'
            """),
        ("E1", """
            select 'event ' || e.event || ' of job ' || e.job_id || ' tells its result' from job_event e join job j on j.id = e.job_id
             where j.operation = 'sim.sealed' and e.event = 'job.succeeded' and e.fields like '%"attempt":%'
            """),
        // Sealed for one job and opened for another, or with another key.
        ("E1", "select 'dead letter ' || d.id || ' is ' || d.error_code from dead_letter d where d.error_code in ('payload-unreadable', 'payload-key-missing')"),
    ];

    private const string LedgerSql = """
        select s.parent_job_id, s.stage, s.done, s.failed, l.done, l.failed,
               (select count(*) from sim_effect e where e.parent_job_id = s.parent_job_id and e.stage = s.stage
                   and e.generation = (select max(generation) from sim_effect g where g.parent_job_id = s.parent_job_id)),
               j.status = 'running' and j.waiting_for is null
          from batch_stage s left join batch_ledger l on l.parent_job_id = s.parent_job_id and l.stage = s.stage and l.chunk = 0
          join job j on j.id = s.parent_job_id
        """;

    private const string EffectsSql = """
        select 'effect ' || parent_job_id || '/' || stage || '/' || item_index || ' was committed ' || count(*) || ' times' from sim_effect
         group by parent_job_id, generation, stage, item_index having count(*) > 1
        """;

    public async Task RunAsync(SqlSession session, CancellationToken cancellationToken)
    {
        foreach ((string invariant, string sql) in Rules.Concat(FlowRules.All))
            await FindAsync(session, invariant, sql, cancellationToken);
        await FindAsync(session, "I5", EffectsSql, cancellationToken);
        await CheckLedgerAsync(session, cancellationToken);
    }

    private async Task FindAsync(SqlSession session, string invariant, string sql, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(sql);
        List<string> found = await find.QueryAsync(row => row.GetString(0), cancellationToken);
        if (found.Count > 0)
            world.Fail(invariant, found[0]);
    }

    private async Task CheckLedgerAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(LedgerSql);
        List<(Guid Job, int Stage, long Done, long Failed, long DoneBits, long FailedBits, long Effects)> stages = await read.QueryAsync(
            row => (row.GetGuid(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), Bits(row, 4), Bits(row, 5), row.GetInt64(6)),
            cancellationToken);
        foreach ((Guid job, int stage, long done, long failed, long doneBits, long failedBits, long effects) in stages)
        {
            if (done != doneBits || failed != failedBits)
                world.Fail("I5", $"job {job} stage {stage} counts {done} done, {failed} failed; its ledger has {doneBits} and {failedBits}");
            if (done > 0 && effects != done)
                world.Fail("I5", $"job {job} stage {stage} counts {done} done; {effects} effects were committed");
        }
    }

    private static long Bits(System.Data.Common.DbDataReader row, int column) =>
        row.IsDBNull(column) ? 0 : row.GetFieldValue<byte[]>(column).Sum(b => (long)System.Numerics.BitOperations.PopCount(b));
}
