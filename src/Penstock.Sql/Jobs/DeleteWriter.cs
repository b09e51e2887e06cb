using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>Deletes jobs that do not run, with all that belongs to them: one at a person's wish, or many that have been kept long enough.</summary>
internal static class DeleteWriter
{
    private const string FindSql = "select status, queue_name, parent_job_id, ties from job where id = @id";

    // As sets, so that a thousand old jobs cost no more statements than one.
    private static readonly string[] DeleteSql =
    [
        "delete from job_event where job_id in (select value from json_each(@ids))",
        """
        delete from dead_letter_action
         where dead_letter_id in (select id from dead_letter where job_id in (select value from json_each(@ids)))
        """,
        "delete from dead_letter where job_id in (select value from json_each(@ids))",
        "delete from batch_ledger where parent_job_id in (select value from json_each(@ids))",
        "delete from batch_stage where parent_job_id in (select value from json_each(@ids))",
        "delete from batch where parent_job_id in (select value from json_each(@ids))",
        "delete from job where id in (select value from json_each(@ids))",
    ];

    private static readonly string[] DeleteTiesSql =
    [
        "delete from job_step where job_id in (select value from json_each(@ids))",
        "delete from job_dependency where job_id in (select value from json_each(@ids))",
        "delete from signal_wait where job_id in (select value from json_each(@ids))",
    ];

    public static async Task DeleteAsync(StoreWrite write, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("id", jobId);
        (string status, EndedJob job) = await find.FirstAsync(
            row => new Found(row.GetString(0), new EndedJob(jobId, row.GetString(1), row.GuidOrNull(2), (JobTies)row.GetInt32(3)) { IsDeleted = true }),
            cancellationToken) ?? throw new JobNotFoundException(jobId);
        if (status == "running")
            throw new JobRunningException(jobId);
        await DeleteAsync(write, [job], cancellationToken);
    }

    /// <param name="jobs">None of them runs.</param>
    public static async Task DeleteAsync(StoreWrite write, IReadOnlyCollection<EndedJob> jobs, CancellationToken cancellationToken)
    {
        await ExecuteAsync(write, DeleteSql, jobs, cancellationToken);
        await ExecuteAsync(write, DeleteTiesSql, [.. jobs.Where(j => j.Ties != JobTies.None)], cancellationToken);
        // Others may wait for them: for those it is as if they had been cancelled.
        foreach (EndedJob job in jobs)
            await EndingWriter.LeaveAsync(write, job, JobStatus.Cancelled, cancellationToken);
    }

    private static async Task ExecuteAsync(
        StoreWrite write, string[] statements, IReadOnlyCollection<EndedJob> jobs, CancellationToken cancellationToken)
    {
        SqlList<Guid> ids = new([.. jobs.Select(j => j.Id)]);
        foreach (string sql in jobs.Count == 0 ? [] : statements)
        {
            using SqlStatement delete = write.Session.Statement(sql).Bind("ids", ids);
            await delete.ExecuteAsync(cancellationToken);
        }
    }

    private sealed record Found(string Status, EndedJob Job);
}
