using Penstock.Sql.Jobs;

namespace Penstock.Sql.Limits;

/// <summary>Units that wait for a resource, out of the way of claims; they come back to their queue as there is room for them.</summary>
/// <remarks>
/// A mark in <c>unpark</c> says that a look may be worth it. It is written when something is given back, goes when the
/// resource turns out to be full again (whoever holds it will write the next), and moves to the instant at which a rate lets
/// the next unit start. So a claim looks at marks, never at all that waits.
/// </remarks>
internal sealed class ParkingLot(StoreWrite write, ResourceBook book)
{
    /// <summary>Marks looked at, and units brought back for one of them, in one claim at most.</summary>
    private const int MarksMax = 100;
    private const int ReturnedMax = 500;

    // Marks of paused queues stay: their units could not be claimed.
    private const string DueSql = """
        select u.queue_id, u.at, u.resource, q.max_running_per_key, q.key_rate_count, q.key_rate_seconds
          from unpark u join queue q on q.id = u.queue_id
         where q.name in (select value from json_each(@queues)) and q.paused_at is null and u.at <= @now
         order by u.at limit @limit
        """;

    private const string NextDueSql = """
        select min(u.at) from unpark u join queue q on q.id = u.queue_id
         where q.name in (select value from json_each(@queues)) and q.paused_at is null and u.at > @now
        """;

    private const string HeadsSql = """
        select prio, kind, seq, units from parked where resource = @resource and queue_id = @queue_id
         order by prio, kind, seq limit @limit
        """;

    private const string LeaveSql = """
        delete from parked where resource = @resource and queue_id = @queue_id and prio = @prio and kind = @kind and seq = @seq
        """;

    private const string ParkSql = """
        insert into parked (resource, queue_id, prio, kind, seq, units) values (@resource, @queue_id, @prio, @kind, @seq, @units)
        on conflict do nothing
        """;

    private const string MarkSql = "insert into unpark (queue_id, at, resource) values (@queue_id, @at, @resource) on conflict do nothing";

    private const string UnmarkSql = "delete from unpark where queue_id = @queue_id and at = @at and resource = @resource";

    private const string EarlierSql = """
        select 1 from parked where resource = @resource and queue_id = @queue_id and (prio, kind, seq) < (@prio, @kind, @seq) limit 1
        """;

    /// <summary>There were more marks than one claim looks at, and some of them are done with.</summary>
    public bool More { get; private set; }

    /// <summary>Units are left that may have room once those brought back have been looked at.</summary>
    public bool HasKept { get; private set; }

    /// <summary>Brings units back whose resource has room, in their order.</summary>
    public async Task ReturnAsync(IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        await ResourceTable.SweepAsync(write, cancellationToken);
        List<Mark> marks;
        using (SqlStatement due = write.Session.Statement(DueSql)
            .Bind("queues", new SqlList<string>(queues)).Bind("now", write.Now).Bind("limit", MarksMax))
        {
            marks = await due.QueryAsync(
                row => new Mark(row.GetInt64(0), row.Instant(1), row.GetString(2), KeyLimits.Read(row, 3)), cancellationToken);
        }
        foreach (Mark mark in marks)
        {
            bool kept = await FollowAsync(mark, cancellationToken);
            HasKept |= kept;
            More |= !kept && marks.Count == MarksMax;
            if (!kept || marks.Count == MarksMax)
                await UnmarkAsync(mark, cancellationToken);
            if (kept && marks.Count == MarksMax)
                await MarkAsync(mark.QueueId, mark.Resource, write.Now, cancellationToken); // Behind the others: their turn is next.
        }
    }

    /// <summary>When a rate will next let a unit of these queues start.</summary>
    public async Task<DateTimeOffset?> NextDueAsync(IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        using SqlStatement next = write.Session.Statement(NextDueSql).Bind("queues", new SqlList<string>(queues)).Bind("now", write.Now);
        List<DateTimeOffset?> found = await next.QueryAsync(row => row.InstantOrNull(0), cancellationToken);
        return found[0];
    }

    /// <summary>Whether a unit of the queue that comes before this one waits for the resource: it must not be overtaken.</summary>
    public async Task<bool> IsOvertakenAsync(string resource, long queueId, Hint unit, CancellationToken cancellationToken)
    {
        using SqlStatement earlier = Bind(EarlierSql, resource, queueId, unit);
        return await earlier.ScalarAsync<long>(cancellationToken) == 1;
    }

    /// <param name="lookAt">When to look at it again; null: when what it waits for is given back.</param>
    public async Task ParkAsync(Need need, long queueId, Hint unit, DateTimeOffset? lookAt, CancellationToken cancellationToken)
    {
        using (SqlStatement park = Bind(ParkSql, need.Resource, queueId, unit).Bind("units", need.Units))
            await park.ExecuteAsync(cancellationToken);
        if (lookAt is { } at)
            await MarkAsync(queueId, need.Resource, at, cancellationToken);
    }

    /// <returns>True: the mark stays, for there is more to bring back.</returns>
    private async Task<bool> FollowAsync(Mark mark, CancellationToken cancellationToken)
    {
        ResourceBook.Scope scope = await book.ScopeAsync(mark.Resource, mark.Keys, cancellationToken);
        if (scope.Window?.FreeAt is { } at)
        {
            await MarkAsync(mark.QueueId, mark.Resource, at, cancellationToken);
            return false;
        }
        long room = scope.Free;
        int limit = (int)Math.Min(Math.Min(Math.Max(room, 0), scope.Window?.Free ?? ReturnedMax), ReturnedMax);
        List<(Hint Unit, int Units)> heads;
        using (SqlStatement read = write.Session.Statement(HeadsSql)
            .Bind("resource", mark.Resource).Bind("queue_id", mark.QueueId).Bind("limit", limit + 1))
        {
            heads = await read.QueryAsync(
                row => (new Hint(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2)), row.GetInt32(3)), cancellationToken);
        }
        int returned = 0;
        for (; returned < Math.Min(heads.Count, limit) && heads[returned].Units <= room; returned++)
        {
            room -= heads[returned].Units;
            await ReturnAsync(mark, heads[returned].Unit, cancellationToken);
        }
        return returned > 0 && returned < heads.Count;
    }

    private async Task ReturnAsync(Mark mark, Hint unit, CancellationToken cancellationToken)
    {
        using (SqlStatement leave = Bind(LeaveSql, mark.Resource, mark.QueueId, unit))
            await leave.ExecuteAsync(cancellationToken);
        await write.ReadyAsync(mark.QueueId, unit, cancellationToken);
    }

    private async Task MarkAsync(long queueId, string resource, DateTimeOffset at, CancellationToken cancellationToken)
    {
        using SqlStatement mark = write.Session.Statement(MarkSql).Bind("queue_id", queueId).Bind("resource", resource).Bind("at", at);
        await mark.ExecuteAsync(cancellationToken);
    }

    private async Task UnmarkAsync(Mark mark, CancellationToken cancellationToken)
    {
        using SqlStatement unmark = write.Session.Statement(UnmarkSql)
            .Bind("queue_id", mark.QueueId).Bind("at", mark.At).Bind("resource", mark.Resource);
        await unmark.ExecuteAsync(cancellationToken);
    }

    private SqlStatement Bind(string sql, string resource, long queueId, Hint unit) => write.Session.Statement(sql)
        .Bind("resource", resource).Bind("queue_id", queueId).Bind("prio", unit.Prio).Bind("kind", unit.Kind).Bind("seq", unit.Seq);

    private sealed record Mark(long QueueId, DateTimeOffset At, string Resource, KeyLimits Keys);
}
