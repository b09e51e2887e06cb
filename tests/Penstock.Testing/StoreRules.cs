using System.Numerics;
using Penstock.Sql;

namespace Penstock.Testing;

/// <summary>What the engine's tables must be to each other at every commit, whoever wrote them.</summary>
public static class StoreRules
{
    /// <summary>Each finds what must not be; the first column says it.</summary>
    private static readonly string[] Rules =
    [
        """
        select 'I2: running job ' || j.id || ' has no claim' from job j
         where j.status = 'running' and j.waiting_for is null
           and not exists (select 1 from claim c where c.kind = 0 and c.seq = j.seq and c.fence = j.fence)
        """,
        """
        select 'I2: a claim holds job ' || coalesce(cast(j.id as text), cast(c.seq as text)) || ', which is ' || coalesce(j.status, 'gone') from claim c left join job j on j.seq = c.seq
         where c.kind = 0 and (j.seq is null or j.status <> 'running' or j.fence <> c.fence or j.waiting_for is not null)
        """,
        """
        select 'I2: a claim holds item ' || c.seq || ', which is ' || coalesce('under fence ' || i.fence, 'gone')
          from claim c left join item i on i.seq = c.seq where c.kind = 1 and (i.seq is null or i.fence <> c.fence)
        """,
        """
        select 'I5: job ' || j.id || ' tells progress ' || j.progress_current || '; its last stage has ' || s.done || ' of ' || b.total
          from job j join batch b on b.parent_job_id = j.id
          join batch_stage s on s.parent_job_id = j.id and s.stage = b.stages - 1
         where j.waiting_for = 'batch' and (j.progress_current is distinct from s.done or s.done > b.total or j.progress_total is distinct from b.total)
        """,
        """
        select 'I6: job ' || j.id || ' waits, although all its items ended' from job j join batch b on b.parent_job_id = j.id
         where j.waiting_for = 'batch'
           and b.total <= (select s.done from batch_stage s where s.parent_job_id = j.id and s.stage = b.stages - 1)
                        + (select sum(s.failed) from batch_stage s where s.parent_job_id = j.id)
        """,
        """
        select 'I6: job ' || j.id || ' waits for children that have ended' from job j
         where j.waiting_for = 'children' and not exists (select 1 from job c where c.parent_job_id = j.id and c.finished_at is null)
        """,
        """
        select 'I6: item ' || i.stage || '/' || i.item_index || ' is left of a job that does not wait for it' from item i left join job j on j.id = i.parent_job_id
         where j.id is null or j.status <> 'running' or j.waiting_for is distinct from 'batch'
        """,
        """
        select 'I8: queued job ' || j.id || ' has no hint' from job j
         where j.status = 'queued'
           and not exists (select 1 from ready r where r.kind = 0 and r.seq = j.seq)
           and not exists (select 1 from deferred d where d.kind = 0 and d.seq = j.seq)
        """,
        """
        select 'I8: item ' || i.parent_job_id || '/' || i.item_index || ' has neither claim nor hint' from item i
         where not exists (select 1 from claim c where c.kind = 1 and c.seq = i.seq)
           and not exists (select 1 from ready r where r.kind = 1 and r.seq = i.seq)
           and not exists (select 1 from deferred d where d.kind = 1 and d.seq = i.seq)
        """,
    ];

    private const string MarksSql = """
        select l.parent_job_id, l.stage, l.done, l.failed, s.done, s.failed
          from batch_ledger l join batch_stage s on s.parent_job_id = l.parent_job_id and s.stage = l.stage
        """;

    /// <returns>What must not be, over tables, ledgers and histories.</returns>
    public static Task<List<string>> ViolationsAsync(SqlDatabase database, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) =>
        {
            List<string> wrong = [];
            foreach (string rule in Rules)
            {
                using SqlStatement find = session.Statement(rule);
                wrong.AddRange(await find.QueryAsync(row => row.GetString(0), token));
            }
            wrong.AddRange(await MarksAsync(session, token));
            using SqlStatement events = session.Statement("select job_id, event from job_event order by id");
            using SqlStatement jobs = session.Statement("select id, status from job");
            Dictionary<string, string> statuses = (await jobs.QueryAsync(row => (row.GetString(0), row.GetString(1)), token)).ToDictionary();
            wrong.AddRange(JobHistory.Violations(await events.QueryAsync(row => (row.GetString(0), row.GetString(1)), token), statuses));
            return wrong;
        },
        cancellationToken);

    /// <summary>Counts of a stage are the bits of its ledger. All batches of tests fit one row of it.</summary>
    private static async Task<IEnumerable<string>> MarksAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(MarksSql);
        List<(string Job, long Stage, int Done, int Failed, long DoneTold, long FailedTold)> marks = await read.QueryAsync(
            row => (row.GetString(0), row.GetInt64(1), Bits(row.GetFieldValue<byte[]>(2)), Bits(row.GetFieldValue<byte[]>(3)), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken);
        return marks.Where(m => (m.Done, m.Failed) != (m.DoneTold, m.FailedTold))
            .Select(m => $"I5: stage {m.Stage} of job {m.Job} counts {m.DoneTold} done and {m.FailedTold} failed; its ledger {m.Done} and {m.Failed}");
    }

    private static int Bits(byte[] bitmap) => bitmap.Sum(b => BitOperations.PopCount(b));
}
