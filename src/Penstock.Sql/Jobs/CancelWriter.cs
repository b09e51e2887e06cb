using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>Cancelling: what people do to jobs, whatever their workers are doing.</summary>
internal static class CancelWriter
{
    // The job and all its unfinished descendants, the job itself first.
    private const string FamilySql = """
        with recursive family (id) as (
            select id from job where id = @id
            union
            select c.id from job c join family f on c.parent_job_id = f.id),
        unfinished as materialized (
            select j.id, j.seq, j.queue_name, j.parent_job_id, j.ties from job j join family f on f.id = j.id
             where j.status in ('queued', 'running'))
        select id, seq, queue_name, parent_job_id, ties from unfinished order by id
        """;

    private const string CancelSql = """
        update job set status = 'cancelled', finished_at = @now, waiting_for = null
         where seq = @seq and status in ('queued', 'running')
        """;

    private const string DropClaimSql = "delete from claim where kind = 0 and seq = @seq";

    private const string DropItemClaimsSql = """
        delete from claim where kind = 1 and seq in (select seq from item where parent_job_id = @id)
        """;

    private const string DropItemsSql = "delete from item where parent_job_id = @id";

    private const string StatusSql = "select status from job where id = @id";

    /// <returns>How many jobs besides the named one were cancelled with it.</returns>
    public static async Task<int> CancelAsync(StoreWrite write, Guid jobId, string? reason, CancellationToken cancellationToken)
    {
        if (await StatusAsync(write, jobId, cancellationToken) is null)
            throw new JobNotFoundException(jobId);
        using SqlStatement read = write.Session.Statement(FamilySql).Bind("id", jobId);
        // Only the named job's parent is told: those of the others are cancelled with them.
        List<(long Seq, EndedJob Job)> family = await read.QueryAsync(
            row => (row.GetInt64(1), new EndedJob(
                row.GetGuid(0), row.GetString(2), row.GetGuid(0) == jobId ? row.GuidOrNull(3) : null, (JobTies)row.GetInt32(4))),
            cancellationToken);
        string fields = reason is null ? "{}" : StoreWrite.Field("reason", StoreWrite.Quote(reason));
        foreach ((long seq, EndedJob job) in family)
        {
            using (SqlStatement cancel = write.Session.Statement(CancelSql).Bind("seq", seq).Bind("now", write.Now))
                await cancel.ExecuteAsync(cancellationToken);
            await EndWorkAsync(write, job.Id, seq, cancellationToken);
            await write.EventAsync(job.Id, JobEventNames.Cancelled, fields, cancellationToken);
        }
        // Not one by one with the above: what depends within the family must find it cancelled as a whole.
        foreach ((long _, EndedJob job) in family)
            await EndingWriter.EndedAsync(write, job, JobStatus.Cancelled, cancellationToken);
        return family.Count(member => member.Job.Id != jobId);
    }

    /// <summary>Takes back every lease of a job and forgets its items on the way; their hints turn stale.</summary>
    public static async Task EndWorkAsync(StoreWrite write, Guid jobId, long seq, CancellationToken cancellationToken)
    {
        int taken = 0;
        using (SqlStatement drop = write.Session.Statement(DropClaimSql).Bind("seq", seq))
            taken += await drop.ExecuteAsync(cancellationToken);
        using (SqlStatement drop = write.Session.Statement(DropItemClaimsSql).Bind("id", jobId))
            taken += await drop.ExecuteAsync(cancellationToken);
        using (SqlStatement drop = write.Session.Statement(DropItemsSql).Bind("id", jobId))
            await drop.ExecuteAsync(cancellationToken);
        write.LeasesChanged |= taken > 0;
    }

    private static async Task<string?> StatusAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement statement = write.Session.Statement(StatusSql).Bind("id", jobId);
        return await statement.FirstAsync(row => row.GetString(0), cancellationToken);
    }
}
