using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Controls;

/// <summary>Takes the hints of a queued job away, or to the place of another priority, wherever they are.</summary>
internal static class HintMove
{
    private const string DropReadySql = "delete from ready where queue_id = @queue_id and prio = @prio and kind = 0 and seq = @seq";

    private const string DropDeferredSql = "delete from deferred where kind = 0 and seq = @seq";

    private const string DropParkedSql = "delete from parked where kind = 0 and seq = @seq";

    private const string AddReadySql = """
        insert into ready (queue_id, prio, kind, seq) values (@queue_id, @prio, 0, @seq) on conflict do nothing
        """;

    private const string MoveDeferredSql = "update deferred set prio = @prio where kind = 0 and seq = @seq";

    public static async Task DropAsync(StoreWrite write, long queueId, long seq, int priority, CancellationToken cancellationToken)
    {
        await DropReadyAsync(write, queueId, seq, priority, cancellationToken);
        foreach (string sql in (string[])[DropDeferredSql, DropParkedSql])
        {
            using SqlStatement drop = write.Session.Statement(sql).Bind("seq", seq);
            await drop.ExecuteAsync(cancellationToken);
        }
    }

    /// <summary>A job without hints (it waits for others) gets none.</summary>
    public static async Task ToPriorityAsync(
        StoreWrite write, long queueId, long seq, int before, int after, CancellationToken cancellationToken)
    {
        int found = await DropReadyAsync(write, queueId, seq, before, cancellationToken);
        // From parked to the queue, not to another place among the parked: the claim looks whether its turn has come.
        using (SqlStatement unpark = write.Session.Statement(DropParkedSql).Bind("seq", seq))
            found += await unpark.ExecuteAsync(cancellationToken);
        if (found > 0)
        {
            using SqlStatement add = write.Session.Statement(AddReadySql)
                .Bind("queue_id", queueId).Bind("prio", -after).Bind("seq", seq);
            await add.ExecuteAsync(cancellationToken);
        }
        using SqlStatement move = write.Session.Statement(MoveDeferredSql).Bind("seq", seq).Bind("prio", -after);
        await move.ExecuteAsync(cancellationToken);
    }

    private static async Task<int> DropReadyAsync(
        StoreWrite write, long queueId, long seq, int priority, CancellationToken cancellationToken)
    {
        using SqlStatement drop = write.Session.Statement(DropReadySql)
            .Bind("queue_id", queueId).Bind("prio", -priority).Bind("seq", seq);
        return await drop.ExecuteAsync(cancellationToken);
    }
}
