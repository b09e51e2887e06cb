using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Retention: removes old finished jobs in bounded steps. A job whose dead letter waits for review stays.</summary>
internal static class PruneWriter
{
    // Ids begin with their time, so the old jobs are one range of the id index. Each step goes on behind the last one: what is kept,
    // and on PostgreSQL the place of what is gone, is passed once a cycle and not once a step.
    private const string LookSql = """
        select j.id, j.queue_name, j.ties,
               case when j.finished_at < @before
                         and not exists (select 1 from dead_letter d where d.job_id = j.id and d.status in ('pending', 'in_review'))
                         and not exists (select 1 from job_dependency d where d.depends_on_id = j.id and d.resolved_at is null)
                         and not exists (select 1 from job p where p.id = j.parent_job_id and p.finished_at is null)
                    then 1 else 0 end
          from job j
         where j.id > @after and j.id < @floor
         order by j.id limit @limit
        """;

    public static async Task<PruneStep> PruneAsync(
        StoreWrite write, DateTimeOffset before, Guid? after, int limit, CancellationToken cancellationToken)
    {
        using SqlStatement look = write.Session.Statement(LookSql)
            .Bind("after", after ?? Guid.Empty).Bind("floor", IdGenerator.FloorOf(before)).Bind("before", before).Bind("limit", limit);
        // No parent waits for one of these, so none has to be told.
        List<(EndedJob Job, bool Goes)> seen = await look.QueryAsync(
            row => (new EndedJob(row.GetGuid(0), row.GetString(1), null, (JobTies)row.GetInt32(2)) { IsDeleted = true }, row.GetInt32(3) == 1),
            cancellationToken);
        List<EndedJob> old = [.. seen.Where(s => s.Goes).Select(s => s.Job)];
        await DeleteWriter.DeleteAsync(write, old, cancellationToken);
        return new PruneStep(old.Count, seen.Count < limit ? null : seen[^1].Job.Id);
    }
}
