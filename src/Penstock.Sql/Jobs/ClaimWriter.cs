using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Stop 4: takes ready units for a worker. The hints say where to look; the rows themselves decide.</summary>
internal static class ClaimWriter
{
    /// <summary>Deferred units made ready in one claim at most: bounds the transaction; the next claim takes more.</summary>
    private const int PromotedMax = 1_000;

    private const string KnowsWorkerSql = "select 1 from worker where id = @worker_id";

    private const string PromoteSql = """
        insert into ready (queue_id, prio, kind, seq)
        select queue_id, prio, kind, seq from deferred where run_at <= @now order by run_at limit @limit
        on conflict do nothing
        """;

    private const string DropPromotedSql = """
        delete from deferred
         where (run_at, kind, seq) in (select run_at, kind, seq from deferred where run_at <= @now order by run_at limit @limit)
        """;

    // A queue's free places: null max_running means no limit, a paused queue has none.
    private const string FreePlacesSql = """
        select q.name, q.id,
               case when q.paused_at is not null then 0
                    when q.max_running is null then @limit
                    else max(q.max_running - (select count(*) from claim c where c.queue_id = q.id), 0) end
          from queue q
         where q.name in (select value from json_each(@queues))
           and exists (select 1 from ready r where r.queue_id = q.id)
         order by q.name
        """;

    private const string TakeSql = """
        delete from ready
         where queue_id = @queue_id
           and (prio, kind, seq) in (select prio, kind, seq from ready where queue_id = @queue_id order by prio, kind, seq limit @limit)
        returning prio, kind, seq
        """;

    private const string NextFenceSql = "update counter set value = value + 1 where name = 'fence' returning value";

    private const string StartJobSql = """
        update job
           set status = 'running', attempt = attempt + 1, fence = @fence, worker_id = @worker_id, started_at = @now, run_at = null,
               waiting_for = null
         where seq = @seq and status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies')
        returning id, operation, queue_name, payload, attempt, max_attempts, failures, retries, parent_job_id, timeout_seconds,
                  ties
        """;

    private const string StartItemSql = """
        update item set attempt = attempt + 1, fence = @fence
         where seq = @seq and not exists (select 1 from claim where kind = 1 and seq = @seq)
        returning parent_job_id, stage, item_index, operation, queue_name, payload, attempt, failures, retries
        """;

    private const string HoldSql = """
        insert into claim (kind, seq, worker_id, fence, queue_id, claimed_at)
        values (@kind, @seq, @worker_id, @fence, @queue_id, @now)
        """;

    /// <returns>Null: the store does not know the worker (it was taken for dead), which must register anew.</returns>
    public static async Task<List<UnitLease>?> TakeAsync(StoreWrite write, ClaimRequest request, CancellationToken cancellationToken)
    {
        if (!await KnowsWorkerAsync(write, request.WorkerId, cancellationToken))
            return null;
        await PromoteAsync(write, cancellationToken);

        List<UnitLease> leases = [];
        List<(string Name, long Id, int Free)> places = await FreePlacesAsync(write, request, cancellationToken);
        long fence = 0;
        for (int i = 0; i < places.Count && leases.Count < request.Limit; i++)
        {
            // An equal share of what is left for each queue that has work, so that none starves behind another.
            int share = Math.Max((request.Limit - leases.Count) / (places.Count - i), 1);
            List<(int Kind, long Seq)> units = await TakeHintsAsync(write, places[i].Id, Math.Min(share, places[i].Free), cancellationToken);
            if (units.Count == 0)
                continue;
            if (fence == 0)
                fence = await NextFenceAsync(write, cancellationToken);
            foreach ((int kind, long seq) in units)
            {
                UnitLease? lease = kind == UnitKind.Job
                    ? await StartJobAsync(write, request.WorkerId, seq, fence, cancellationToken)
                    : await StartItemAsync(write, request.WorkerId, seq, fence, cancellationToken);
                if (lease is null)
                    continue; // A stale hint: cancelled, deleted or claimed through another one.
                await HoldAsync(write, kind, lease, places[i].Id, cancellationToken);
                leases.Add(lease);
            }
        }
        return leases;
    }

    private static async Task<bool> KnowsWorkerAsync(StoreWrite write, string workerId, CancellationToken cancellationToken)
    {
        using SqlStatement statement = write.Session.Statement(KnowsWorkerSql).Bind("worker_id", workerId);
        return await statement.ScalarAsync<long>(cancellationToken) == 1;
    }

    private static async Task PromoteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        using SqlStatement promote = write.Session.Statement(PromoteSql).Bind("now", write.Now).Bind("limit", PromotedMax);
        if (await promote.ExecuteAsync(cancellationToken) == 0)
            return;
        using SqlStatement drop = write.Session.Statement(DropPromotedSql).Bind("now", write.Now).Bind("limit", PromotedMax);
        await drop.ExecuteAsync(cancellationToken);
    }

    private static async Task<List<(string, long, int)>> FreePlacesAsync(
        StoreWrite write, ClaimRequest request, CancellationToken cancellationToken)
    {
        using SqlStatement statement = write.Session.Statement(FreePlacesSql)
            .Bind("limit", request.Limit).Bind("queues", new SqlList<string>(request.Queues));
        return await statement.QueryAsync(row => (row.GetString(0), row.GetInt64(1), row.GetInt32(2)), cancellationToken);
    }

    private static async Task<List<(int Kind, long Seq)>> TakeHintsAsync(
        StoreWrite write, long queueId, int limit, CancellationToken cancellationToken)
    {
        if (limit <= 0)
            return [];
        using SqlStatement take = write.Session.Statement(TakeSql).Bind("queue_id", queueId).Bind("limit", limit);
        List<(int Prio, int Kind, long Seq)> taken = await take.QueryAsync(
            row => (row.GetInt32(0), row.GetInt32(1), row.GetInt64(2)), cancellationToken);
        taken.Sort(); // RETURNING promises no order.
        return taken.ConvertAll(unit => (unit.Kind, unit.Seq));
    }

    private static async Task<long> NextFenceAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        using SqlStatement next = write.Session.Statement(NextFenceSql);
        return await next.ScalarAsync<long>(cancellationToken);
    }

    private static async Task<UnitLease?> StartJobAsync(
        StoreWrite write, string workerId, long seq, long fence, CancellationToken cancellationToken)
    {
        using SqlStatement start = write.Session.Statement(StartJobSql)
            .Bind("fence", fence).Bind("worker_id", workerId).Bind("now", write.Now).Bind("seq", seq);
        JobLease? lease = await start.FirstAsync(
            row => new JobLease(
                row.GetGuid(0), seq, workerId, fence, row.GetInt32(4), row.GetString(1), row.GetString(2), row.GetString(3), write.Now,
                row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GuidOrNull(8),
                row.DoubleOrNull(9) is { } seconds ? TimeSpan.FromSeconds(seconds) : null)
            {
                HasSteps = ((JobTies)row.GetInt32(10)).HasFlag(JobTies.Steps),
            },
            cancellationToken);
        if (lease is not null)
        {
            string fields = $"{{\"worker\":{StoreWrite.Quote(workerId)},\"attempt\":{lease.Attempt}}}";
            await write.EventAsync(lease.JobId, JobEventNames.Started, fields, cancellationToken);
        }
        return lease;
    }

    private static async Task<UnitLease?> StartItemAsync(
        StoreWrite write, string workerId, long seq, long fence, CancellationToken cancellationToken)
    {
        using SqlStatement start = write.Session.Statement(StartItemSql).Bind("fence", fence).Bind("seq", seq);
        return await start.FirstAsync(
            row => new ItemLease(
                row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), seq, workerId, fence, row.GetInt32(6), row.GetString(3),
                row.GetString(4), row.GetString(5), write.Now, row.GetInt32(7), row.GetInt32(8)),
            cancellationToken);
    }

    private static async Task HoldAsync(
        StoreWrite write, int kind, UnitLease lease, long queueId, CancellationToken cancellationToken)
    {
        using SqlStatement hold = write.Session.Statement(HoldSql)
            .Bind("kind", kind).Bind("seq", lease.Seq).Bind("worker_id", lease.WorkerId).Bind("fence", lease.Fence)
            .Bind("queue_id", queueId).Bind("now", lease.ClaimedAt);
        await hold.ExecuteAsync(cancellationToken);
    }
}
