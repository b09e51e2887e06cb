using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Controls;

/// <summary>Cancels what waits in a queue, one job at a time, as cancelling it by hand would.</summary>
internal static class PurgeWriter
{
    private const string FindSql = "select id, priority, queue_name, status from job where seq = @seq";

    /// <returns>False: it is not a queued job of this queue any more.</returns>
    public static async Task<bool> CancelAsync(
        StoreWrite write, long queueId, string queueName, Hint hint, string by, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("seq", hint.Seq);
        List<(Guid Id, int Priority, string Queue, string Status)> jobs = await find.QueryAsync(
            row => (row.GetGuid(0), row.GetInt32(1), row.GetString(2), row.GetString(3)), cancellationToken);
        if (jobs.Count > 0 && (jobs[0].Status != "queued" || jobs[0].Queue != queueName))
            return false; // Running, or ended: its claim or its end is its own; the hint is harmless.
        await HintMove.DropAsync(write, queueId, hint.Seq, jobs.Count > 0 ? jobs[0].Priority : -hint.Prio, cancellationToken);
        if (jobs.Count == 0)
            return false;
        await CancelWriter.CancelAsync(write, jobs[0].Id, $"queue {queueName} was purged by {by}", cancellationToken);
        return true;
    }
}
