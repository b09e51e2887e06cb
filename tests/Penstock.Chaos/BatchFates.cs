using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>What became of the batches, item by item, against what was asked.</summary>
internal sealed class BatchFates
{
    private const string BatchesSql = """
        select j.id, j.status, coalesce(j.progress_current, 0), coalesce(j.progress_total, 0), coalesce(s.failed, 0)
          from job j left join batch_stage s on s.parent_job_id = j.id
         where j.operation = 'chaos.batch'
        """;

    private const string EffectsSql = "select parent_job_id, count(*), count(distinct item_index) from chaos_effect group by parent_job_id";

    private readonly IReadOnlyDictionary<Guid, Plan> _plans;
    private readonly List<Batch> _batches;

    private BatchFates(IReadOnlyDictionary<Guid, Plan> plans, List<Batch> batches) => (_plans, _batches) = (plans, batches);

    public int Count => _batches.Count;

    public long ItemsDone => _batches.Sum(b => b.Done);

    public long ItemsFailed => _batches.Sum(b => b.Failed);

    public static async Task<BatchFates> ReadAsync(SqlDatabase database, IReadOnlyDictionary<Guid, Plan> plans)
    {
        Dictionary<Guid, (long Rows, long Items)> effects = (await database.QueryAsync(
            EffectsSql, row => (Id: Guid.Parse(row.GetString(0)), (row.GetInt64(1), row.GetInt64(2))))).ToDictionary(e => e.Id, e => e.Item2);
        List<Batch> batches = await database.QueryAsync(BatchesSql, row =>
        {
            (long rows, long items) = effects.GetValueOrDefault(row.GetGuid(0));
            return new Batch(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), rows, items);
        });
        // One that nobody asked for is found as such.
        return new BatchFates(plans, [.. batches.Where(b => plans.ContainsKey(b.Id))]);
    }

    /// <summary>A cancelled batch, too, keeps what its items had done.</summary>
    public IEnumerable<string> Repeated() => _batches.Where(b => b.Effects != b.Done).Select(b => $"{b.Id}: {b.Effects} effects of {b.Done} items");

    public IEnumerable<string> Inexact() => _batches.Where(b => b.Current != b.Done || !IsWhole(b, _plans[b.Id]))
        .Select(b => $"{b.Id} {b.Status}: progress {b.Current} of {b.Total}, {b.Done} items done, {b.Failed} failed; planned {_plans[b.Id].Items}, {_plans[b.Id].FailedItems} to fail");

    private static bool IsWhole(Batch batch, Plan plan) => batch.Status == "cancelled"
        ? batch.Current <= plan.Items
        : batch.Total == plan.Items && batch.Failed == plan.FailedItems && batch.Done == plan.Items - plan.FailedItems;

    /// <param name="Effects">Rows that its items left.</param>
    /// <param name="Done">Different items among them.</param>
    private sealed record Batch(Guid Id, string Status, long Current, long Total, long Failed, long Effects, long Done);
}
