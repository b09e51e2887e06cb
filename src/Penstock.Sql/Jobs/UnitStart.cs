using System.Data.Common;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>The start of one unit: from queued to running under a fence, with its event, and who holds it.</summary>
internal static class UnitStart
{
    private const string StartJobSql = """
        update job
           set status = 'running', attempt = attempt + 1, fence = @fence, worker_id = @worker_id, started_at = @now, run_at = null,
               waiting_for = null
         where seq = @seq and status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies') and resources is null
        returning id, operation, queue_name, payload, attempt, max_attempts, failures, retries, parent_job_id, timeout_seconds,
                  ties
        """;

    private const string StartLimitedJobSql = """
        update job
           set status = 'running', attempt = attempt + 1, fence = @fence, worker_id = @worker_id, started_at = @now, run_at = null,
               waiting_for = null
         where seq = @seq and status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies')
        returning id, operation, queue_name, payload, attempt, max_attempts, failures, retries, parent_job_id, timeout_seconds,
                  ties
        """;

    private const string StartItemSql = """
        update item set attempt = attempt + 1, fence = @fence
         where seq = @seq and resources is null and not exists (select 1 from claim where kind = 1 and seq = @seq)
        returning parent_job_id, stage, item_index, operation, queue_name, payload, attempt, failures, retries
        """;

    private const string StartLimitedItemSql = """
        update item set attempt = attempt + 1, fence = @fence
         where seq = @seq and not exists (select 1 from claim where kind = 1 and seq = @seq)
        returning parent_job_id, stage, item_index, operation, queue_name, payload, attempt, failures, retries
        """;

    private const string JobNeedsSql = """
        select resources from job where seq = @seq and status = 'queued' and (waiting_for is null or waiting_for <> 'dependencies')
        """;

    private const string ItemNeedsSql = """
        select resources from item where seq = @seq and not exists (select 1 from claim where kind = 1 and seq = @seq)
        """;

    private const string HoldSql = """
        insert into claim (kind, seq, worker_id, fence, queue_id, claimed_at)
        values (@kind, @seq, @worker_id, @fence, @queue_id, @now)
        """;

    /// <summary>Starts a unit that needs nothing but a slot.</summary>
    /// <returns>Null: the hint is stale, or the unit has needs.</returns>
    public static Task<UnitLease?> StartAsync(
        StoreWrite write, string workerId, Hint hint, long fence, CancellationToken cancellationToken) =>
        hint.Kind == UnitKind.Job
            ? StartJobAsync(write, StartJobSql, workerId, hint.Seq, fence, limited: false, cancellationToken)
            : StartItemAsync(write, StartItemSql, workerId, hint.Seq, fence, limited: false, cancellationToken);

    /// <summary>Starts a unit for which everything it needs is set aside in this transaction.</summary>
    public static Task<UnitLease?> StartLimitedAsync(
        StoreWrite write, string workerId, Hint hint, long fence, CancellationToken cancellationToken) =>
        hint.Kind == UnitKind.Job
            ? StartJobAsync(write, StartLimitedJobSql, workerId, hint.Seq, fence, limited: true, cancellationToken)
            : StartItemAsync(write, StartLimitedItemSql, workerId, hint.Seq, fence, limited: true, cancellationToken);

    /// <returns>What a unit that could start needs; null: the hint is stale.</returns>
    public static async Task<string?> NeedsAsync(StoreWrite write, Hint hint, CancellationToken cancellationToken)
    {
        using SqlStatement read = write.Session.Statement(hint.Kind == UnitKind.Job ? JobNeedsSql : ItemNeedsSql).Bind("seq", hint.Seq);
        return await read.ScalarAsync<string>(cancellationToken);
    }

    public static async Task HoldAsync(StoreWrite write, int kind, UnitLease lease, long queueId, CancellationToken cancellationToken)
    {
        using SqlStatement hold = write.Session.Statement(HoldSql)
            .Bind("kind", kind).Bind("seq", lease.Seq).Bind("worker_id", lease.WorkerId).Bind("fence", lease.Fence)
            .Bind("queue_id", queueId).Bind("now", lease.ClaimedAt);
        await hold.ExecuteAsync(cancellationToken);
    }

    private static async Task<UnitLease?> StartJobAsync(
        StoreWrite write, string sql, string workerId, long seq, long fence, bool limited, CancellationToken cancellationToken)
    {
        using SqlStatement start = write.Session.Statement(sql)
            .Bind("fence", fence).Bind("worker_id", workerId).Bind("now", write.Now).Bind("seq", seq);
        JobLease? lease = await start.FirstAsync(
            row => new JobLease(
                row.GetGuid(0), seq, workerId, fence, row.GetInt32(4), row.GetString(1), row.GetString(2), row.GetString(3), write.Now,
                row.GetInt32(5), row.GetInt32(6), row.GetInt32(7), row.GuidOrNull(8), TimeoutOf(row, 9))
            {
                HoldsResources = limited,
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
        StoreWrite write, string sql, string workerId, long seq, long fence, bool limited, CancellationToken cancellationToken)
    {
        using SqlStatement start = write.Session.Statement(sql).Bind("fence", fence).Bind("seq", seq);
        return await start.FirstAsync(
            row => new ItemLease(
                row.GetGuid(0), row.GetInt32(1), row.GetInt32(2), seq, workerId, fence, row.GetInt32(6), row.GetString(3),
                row.GetString(4), row.GetString(5), write.Now, row.GetInt32(7), row.GetInt32(8))
            {
                HoldsResources = limited,
            },
            cancellationToken);
    }

    private static TimeSpan? TimeoutOf(DbDataReader row, int column) =>
        row.DoubleOrNull(column) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
