using Penstock.Sql;

namespace Penstock.Conformance.SqlByHand;

/// <summary>What hints and keys must be after SQL by hand: more than the engine itself needs, which lives with stale and doubled ones.</summary>
internal static class HintRules
{
    private const string Hints = """
        (select r.seq, r.queue_id, r.prio, null as run_at from ready r where r.kind = 0
         union all select d.seq, d.queue_id, d.prio, d.run_at from deferred d where d.kind = 0
         union all select p.seq, p.queue_id, p.prio, null from parked p where p.kind = 0)
        """;

    private const string MissingSql = $"""
        select 'job ' || j.seq || ' may run and has ' || count(h.seq) || ' hints' from job j left join {Hints} h on h.seq = j.seq
         where j.status = 'queued' and (j.waiting_for is null or j.waiting_for = 'sleep' or (j.waiting_for = 'signal' and j.run_at is not null))
         group by j.seq having count(h.seq) <> 1
        """;

    private const string WrongSql = $"""
        select 'the hint of job ' || j.seq || ' says queue ' || h.queue_id || ', prio ' || h.prio || ' and time ' || coalesce(cast(h.run_at as text), 'now')
          from job j join queue q on q.name = j.queue_name join {Hints} h on h.seq = j.seq
         where j.status = 'queued' and (h.queue_id <> q.id or h.prio <> -j.priority or (h.run_at is not null and h.run_at is distinct from j.run_at))
        """;

    private const string StaleSql = $"""
        select h.seq from {Hints} h left join job j on j.seq = h.seq
         where j.seq is null or j.status <> 'queued' or j.waiting_for = 'dependencies' or (j.waiting_for = 'signal' and j.run_at is null)
        """;

    private const string KeySql = """
        select 'unique key ' || coalesce(j.unique_key, u.key) || ' of job ' || coalesce(cast(j.seq as text), 'none') || ' is held by ' || coalesce(cast(u.job_id as text), 'none')
          from (select * from job where unique_key is not null and status in ('queued', 'running')) j full join job_unique u on u.job_id = j.id
         where j.id is null or u.job_id is null or j.unique_key <> u.key or j.ties % 4 < 2
        """;

    /// <returns>What must not be, besides stale hints.</returns>
    public static Task<List<string>> ViolationsAsync(SqlDatabase database, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) =>
        {
            List<string> wrong = [];
            foreach (string sql in (string[])[MissingSql, WrongSql, KeySql])
            {
                using SqlStatement find = session.Statement(sql);
                wrong.AddRange(await find.QueryAsync(row => row.GetString(0), token));
            }
            return wrong;
        },
        cancellationToken);

    /// <returns>Sequence numbers of hints that no job accepts. The engine leaves some; SQL by hand must not.</returns>
    public static Task<List<long>> StaleAsync(SqlDatabase database, CancellationToken cancellationToken) => database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement find = session.Statement(StaleSql);
            return await find.QueryAsync(row => row.GetInt64(0), token);
        },
        cancellationToken);
}
