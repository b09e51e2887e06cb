using Penstock.Engine;

namespace Penstock.Sql.Jobs;

/// <summary>Retention: removes old finished jobs in bounded steps. A job whose dead letter waits for review stays.</summary>
internal static class PruneWriter
{
    // Ids begin with their time, so the old jobs are one range of the id index.
    private const string FindSql = """
        select j.id from job j
         where j.id < @floor and j.finished_at < @before
           and not exists (select 1 from dead_letter d where d.job_id = j.id and d.status in ('pending', 'in_review'))
           and not exists (select 1 from job_dependency d where d.depends_on_id = j.id and d.resolved_at is null)
           and not exists (select 1 from job p where p.id = j.parent_job_id and p.finished_at is null)
         order by j.id limit @limit
        """;

    public static async Task<int> PruneAsync(StoreWrite write, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql)
            .Bind("floor", IdGenerator.FloorOf(before)).Bind("before", before).Bind("limit", limit);
        List<Guid> old = await find.QueryAsync(row => row.GetGuid(0), cancellationToken);
        foreach (Guid id in old)
            await CancelWriter.DeleteAsync(write, id, cancellationToken);
        return old.Count;
    }
}
