using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Controls;

/// <summary>Another priority for queued jobs: the row, its hints and its history in one transaction.</summary>
internal static class PriorityWriter
{
    private const string FindSql = "select seq, status, queue_name from job where id = @id";

    private const string BeforeSql = """
        select priority from job
         where seq = @seq and status = 'queued' and priority <> @priority and (operation = @operation or @operation is null)
        """;

    private const string ChangeSql = "update job set priority = @priority where seq = @seq and status = 'queued' returning id, queue_name";

    public static async Task ChangeAsync(StoreWrite write, Guid jobId, int priority, string by, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("id", jobId);
        List<(long Seq, string Status, string Queue)> jobs = await find.QueryAsync(
            row => (row.GetInt64(0), row.GetString(1), row.GetString(2)), cancellationToken);
        if (jobs.Count == 0)
            throw new JobNotFoundException(jobId);
        if (jobs[0].Status != "queued")
            throw new JobNotQueuedException(jobId, jobs[0].Status);
        long queueId = await write.Queues.IdAsync(write.Session, jobs[0].Queue, cancellationToken);
        await ChangeAsync(write, queueId, jobs[0].Seq, null, priority, by, cancellationToken);
    }

    /// <returns>False: it is not queued, has this priority already, or is of another operation.</returns>
    public static async Task<bool> ChangeAsync(
        StoreWrite write, long queueId, long seq, string? operation, int priority, string by, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(BeforeSql)
            .Bind("seq", seq).Bind("priority", priority).Bind("operation", operation);
        List<int> before = await read.QueryAsync(row => row.GetInt32(0), cancellationToken);
        if (before.Count == 0)
            return false;
        using SqlStatement change = write.Session.Statement(ChangeSql).Bind("seq", seq).Bind("priority", priority);
        List<(Guid Id, string Queue)> jobs = await change.QueryAsync(row => (row.GetGuid(0), row.GetString(1)), cancellationToken);
        await HintMove.ToPriorityAsync(write, queueId, seq, before[0], priority, cancellationToken);
        await write.EventAsync(
            jobs[0].Id, JobEventNames.Reprioritised,
            $"{{\"priority\":{priority},\"before\":{before[0]},\"by\":{StoreWrite.Quote(by)}}}", cancellationToken);
        write.Woken.Add(jobs[0].Queue);
        return true;
    }
}
