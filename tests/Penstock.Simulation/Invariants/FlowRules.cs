namespace Penstock.Simulation.Invariants;

/// <summary>What the tables of dependencies, keys and signals must be to each other at every commit.</summary>
internal static class FlowRules
{
    public static readonly (string Invariant, string Sql)[] All =
    [
        ("F1", """
            select 'blocked job ' || j.id || ' waits for nothing' from job j
             where j.waiting_for = 'dependencies'
               and not exists (select 1 from job_dependency d where d.job_id = j.id and d.resolved_at is null)
            """),
        ("F1", """
            select 'job ' || d.job_id || ' waits for ' || d.depends_on_id || ', which ' || coalesce(j.status, 'is gone')
              from job_dependency d left join job j on j.id = d.depends_on_id
             where d.resolved_at is null
               and (j.id is null or j.status = 'succeeded' or (j.status in ('failed', 'cancelled') and d.on_failure <> 'hold'))
               and not exists (select 1 from unsettled u where u.subject = d.depends_on_id)
            """),
        ("F2", """
            select 'unique key ' || unique_key || ' is held by ' || count(*) || ' jobs' from job
             where unique_key is not null and status in ('queued', 'running') group by unique_key having count(*) > 1
            """),
        ("F2", """
            select 'job ' || j.id || ' is ' || j.status || ' without its unique key ' || j.unique_key from job j
             where j.unique_key is not null and j.status in ('queued', 'running')
               and not exists (select 1 from job_unique u where u.key = j.unique_key and u.job_id = j.id)
            """),
        ("F2", """
            select 'unique key ' || u.key || ' is kept by job ' || u.job_id || ', which ' || coalesce(j.status, 'is gone')
              from job_unique u left join job j on j.id = u.job_id
             where j.id is null or j.status not in ('queued', 'running')
            """),
        ("F3", """
            select 'job ' || j.id || ' waits for signal ' || w.name || ', which was sent' from job j
              join signal_wait w on w.job_id = j.id join signal s on s.name = w.name
             where j.waiting_for = 'signal' and j.status = 'queued'
               and not exists (select 1 from unsettled u where u.subject = w.name)
            """),
        ("F3", """
            select 'job ' || w.job_id || ', which ' || coalesce(j.status, 'is gone') || ', still waits for signal ' || w.name
              from signal_wait w left join job j on j.id = w.job_id
             where j.id is null or j.status not in ('queued', 'running')
            """),
        ("F4", """
            select 'job ' || c.id || ' is a child of ' || p.id || ' that no step of it awaits' from job c
              join job p on p.id = c.parent_job_id
             where p.operation = 'sim.flow' and not exists (select 1 from job_event e where e.job_id = p.id and e.event = 'job.requeued')
               and not exists (select 1 from job_dependency d where d.job_id = p.id and d.depends_on_id = c.id)
            """),
    ];
}
