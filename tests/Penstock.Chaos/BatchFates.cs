using Penstock.Sql;

namespace Penstock.Chaos;

/// <summary>What became of the batches, item by item, against what was asked.</summary>
internal sealed class BatchFates(SqlDatabase database)
{
    private const string BatchesSql = """
        select j.id, j.status, coalesce(j.progress_current, 0), coalesce(j.progress_total, 0), coalesce(s.failed, 0)
          from job j left join batch_stage s on s.parent_job_id = j.id
         where j.operation = 'chaos.batch' and j.id < @before
        """;

    private const string EffectsSql = "select parent_job_id, count(*), count(distinct item_index) from chaos_effect group by parent_job_id";

    private readonly Dictionary<Guid, Batch> _batches = [];

    public int Count => _batches.Count;

    public long ItemsDone => _batches.Values.Sum(b => b.Done);

    public long ItemsFailed => _batches.Values.Sum(b => b.Failed);

    /// <param name="before">Batches with lower ids are read; what was known of them is replaced.</param>
    public async Task ReadAsync(Guid before)
    {
        foreach (Batch batch in await database.QueryAsync(
            BatchesSql, row => new Batch(row.GetGuid(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), ("before", before)))
            _batches[batch.Id] = batch;
    }

    /// <summary>At the end: the rows that items left are the experiment's own, and no retention removes them.</summary>
    public async Task ReadEffectsAsync()
    {
        foreach ((Guid id, long rows, long items) in await database.QueryAsync(
            EffectsSql, row => (Guid.Parse(row.GetString(0)), row.GetInt64(1), row.GetInt64(2))))
        {
            if (_batches.TryGetValue(id, out Batch? batch))
                _batches[id] = batch with { Effects = rows, Done = items };
        }
    }

    /// <summary>A cancelled batch, too, keeps what its items had done.</summary>
    public IEnumerable<string> Repeated() => _batches.Values.Where(b => b.Effects != b.Done).Select(b => $"{b.Id}: {b.Effects} effects of {b.Done} items");

    /// <param name="plans">One that nobody asked for is found as such.</param>
    public IEnumerable<string> Inexact(IReadOnlyDictionary<Guid, Plan> plans) =>
        from b in _batches.Values
        let plan = plans.GetValueOrDefault(b.Id)
        where plan is not null && (b.Current != b.Done || !IsWhole(b, plan))
        select $"{b.Id} {b.Status}: progress {b.Current} of {b.Total}, {b.Done} items done, {b.Failed} failed; planned {plan.Items}, {plan.FailedItems} to fail";

    private static bool IsWhole(Batch batch, Plan plan) => batch.Status == "cancelled"
        ? batch.Current <= plan.Items
        : batch.Total == plan.Items && batch.Failed == plan.FailedItems && batch.Done == plan.Items - plan.FailedItems;

    private sealed record Batch(Guid Id, string Status, long Current, long Total, long Failed)
    {
        /// <summary>Rows that its items left.</summary>
        public long Effects { get; init; }

        /// <summary>Different items among them.</summary>
        public long Done { get; init; }
    }
}
