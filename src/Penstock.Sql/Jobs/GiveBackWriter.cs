using Penstock.Engine.Storage;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>Releases leases of which their worker knows only the key, because the answer to its claim was lost.</summary>
internal static class GiveBackWriter
{
    private const string JobSql = """
        select j.id, j.attempt, j.operation, j.queue_name, j.max_attempts, j.failures, j.retries, j.parent_job_id, c.claimed_at, j.payload,
               exists (select 1 from resource_hold h where h.kind = c.kind and h.seq = c.seq and h.fence = c.fence)
          from claim c join job j on j.seq = c.seq and j.fence = c.fence
         where c.kind = 0 and c.seq = @seq and c.fence = @fence and c.worker_id = @worker_id
        """;

    private const string ItemSql = """
        select i.parent_job_id, i.attempt, i.operation, i.queue_name, i.stage, i.item_index, i.failures, i.retries, c.claimed_at, i.payload,
               exists (select 1 from resource_hold h where h.kind = c.kind and h.seq = c.seq and h.fence = c.fence)
          from claim c join item i on i.seq = c.seq and i.fence = c.fence
         where c.kind = 1 and c.seq = @seq and c.fence = @fence and c.worker_id = @worker_id
        """;

    public static async Task WriteAsync(
        StoreWrite write, string workerId, IReadOnlyCollection<UnitKey> units, CancellationToken cancellationToken)
    {
        foreach (UnitKey unit in units)
        {
            if (await FindAsync(write.Session, workerId, unit, cancellationToken) is not { } lease)
                continue;
            await CompletionWriter.WriteAsync(write, new Completion.Released(lease), cancellationToken);
            await ResourceTable.FreeAsync(write, unit.IsItem ? UnitKind.Item : UnitKind.Job, unit.Seq, unit.Fence, cancellationToken);
        }
    }

    /// <summary>The lease of a key. Null: the worker does not hold it.</summary>
    public static async Task<UnitLease?> FindAsync(
        SqlSession session, string workerId, UnitKey unit, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(unit.IsItem ? ItemSql : JobSql)
            .Bind("seq", unit.Seq).Bind("fence", unit.Fence).Bind("worker_id", workerId);
        return await find.FirstAsync<UnitLease>(
            row => unit.IsItem
                ? new ItemLease(
                    row.GetGuid(0), row.GetInt32(4), row.GetInt32(5), unit.Seq, workerId, unit.Fence, row.GetInt32(1), row.GetString(2),
                    row.GetString(3), row.GetString(9), row.Instant(8), row.GetInt32(6), row.GetInt32(7))
                {
                    HoldsResources = row.GetBoolean(10),
                }
                : new JobLease(
                    row.GetGuid(0), unit.Seq, workerId, unit.Fence, row.GetInt32(1), row.GetString(2), row.GetString(3), row.GetString(9), row.Instant(8),
                    row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.GuidOrNull(7), null)
                {
                    HoldsResources = row.GetBoolean(10),
                },
            cancellationToken);
    }
}
