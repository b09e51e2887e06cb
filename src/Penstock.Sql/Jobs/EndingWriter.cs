using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>The one place every end of a job passes, whoever ended it: count it, undo its ties, tell its parent.</summary>
/// <remarks>
/// An end can end others (dependents that are cancelled, a parent that closes), and those again others. They queue up in the
/// transaction instead of calling each other, so that a chain of any length needs no deep stack.
/// </remarks>
internal static class EndingWriter
{
    private const string DropKeySql = "delete from job_unique where job_id = @id";

    private const string DropWaitsSql = "delete from signal_wait where job_id = @id";

    /// <summary>The caller has set the job's status and written its event in this transaction.</summary>
    public static async Task EndedAsync(StoreWrite write, EndedJob job, JobStatus status, CancellationToken cancellationToken)
    {
        await write.CountEndedAsync(job.QueueName, status, cancellationToken);
        await LeaveAsync(write, job, status, cancellationToken);
    }

    /// <summary>A job that is deleted counts for those who wait for it, but not as an end of its queue.</summary>
    public static async Task LeaveAsync(StoreWrite write, EndedJob job, JobStatus status, CancellationToken cancellationToken)
    {
        if (job.Ties == JobTies.None && job.ParentJobId is null)
            return;
        write.Endings.Enqueue((job, status));
        if (write.IsSettling)
            return; // Further up in this transaction; it will come to this one.
        write.IsSettling = true;
        while (write.Endings.TryDequeue(out (EndedJob Job, JobStatus Status) ended))
            await SettleAsync(write, ended.Job, ended.Status, cancellationToken);
        write.IsSettling = false;
    }

    private static async Task SettleAsync(StoreWrite write, EndedJob job, JobStatus status, CancellationToken cancellationToken)
    {
        if (job.Ties.HasFlag(JobTies.UniqueKey))
            await DropAsync(write, DropKeySql, job.Id, cancellationToken);
        if (job.Ties.HasFlag(JobTies.Signals))
            await DropAsync(write, DropWaitsSql, job.Id, cancellationToken);
        if (job.Ties.HasFlag(JobTies.Dependencies))
            await DependencyWriter.AbandonAsync(write, job.Id, cancellationToken);
        if (job.Ties.HasFlag(JobTies.Dependents))
            await DependencyWriter.ResolveAsync(write, job.Id, DependencyWriter.TextOf(job, status), cancellationToken);
        await ParentWriter.ChildEndedAsync(write, job.ParentJobId, cancellationToken);
    }

    private static async Task DropAsync(StoreWrite write, string sql, Guid jobId, CancellationToken cancellationToken)
    {
        using SqlStatement drop = write.Session.Statement(sql).Bind("id", jobId);
        await drop.ExecuteAsync(cancellationToken);
    }
}
