using Penstock.Sql.Limits;

namespace Penstock.Sql.Jobs;

/// <summary>A part of a queue's hints, in the order in which they are taken.</summary>
/// <param name="Kind">With it: the hints of this priority and kind from <paramref name="Seq"/> on. Null: those between two priorities.</param>
/// <param name="ToPrio">The priority that is no more part of it, where there is no kind.</param>
internal readonly record struct ReadyRange(int Prio, int? Kind, long Seq, int ToPrio)
{
    public static ReadyRange Lane(int prio, int kind, long seq) => new(prio, kind, seq, prio);

    public static ReadyRange Between(int prio, int toPrio) => new(prio, null, 0, toPrio);

    /// <summary>A hint and all that comes after it.</summary>
    public static List<ReadyRange> AllFrom(Hint first) =>
    [
        Lane(first.Prio, first.Kind, first.Seq),
        .. first.Kind == UnitKind.Job ? [Lane(first.Prio, UnitKind.Item, 0)] : Array.Empty<ReadyRange>(),
        Between(first.Prio, int.MaxValue),
    ];
}

/// <summary>Where a claim looks for hints in its queues, as PostgreSQL reads it.</summary>
internal sealed class ReadyRanges
{
    private readonly List<long> _queues = [];
    private readonly List<ReadyRange> _ranges = [];

    /// <param name="hint">What is wanted of each hint <c>r</c>.</param>
    /// <param name="queueId">The queue that is looked at.</param>
    /// <returns>A source of rows <c>h</c>, range by range, and so in the order in which they are to be taken.</returns>
    /// <remarks>
    /// Two forms, because the server ends a scan of the index at a bound of one column, and begins it at one of several only if
    /// those before the last are equal.
    /// </remarks>
    public static string Sql(string hint, string queueId, string limit) => $"""
        unnest(cast(@range_queues as bigint[]), cast(@prios as integer[]), cast(@kinds as integer[]), cast(@seqs as bigint[]), cast(@to_prios as integer[]))
                 as g (queue_id, prio, kind, seq, to_prio)
               cross join lateral (
                 (select {hint} from ready r
                   where r.queue_id = {queueId} and g.queue_id = {queueId} and r.prio = g.prio and r.kind = g.kind and r.seq >= g.seq
                   order by r.seq limit {limit})
                 union all
                 (select {hint} from ready r
                   where r.queue_id = {queueId} and g.queue_id = {queueId} and g.kind is null and r.prio > g.prio and r.prio < g.to_prio
                   order by r.prio, r.kind, r.seq limit {limit})) h
        """;

    public void Add(long queueId, IEnumerable<ReadyRange> ranges)
    {
        foreach (ReadyRange range in ranges)
        {
            _queues.Add(queueId);
            _ranges.Add(range);
        }
    }

    public SqlStatement BindTo(SqlStatement statement) => statement
        .Bind("range_queues", new SqlList<long>(_queues))
        .Bind("prios", new SqlList<int>(_ranges.ConvertAll(r => r.Prio)))
        .Bind("kinds", new SqlList<int?>(_ranges.ConvertAll(r => r.Kind)))
        .Bind("seqs", new SqlList<long>(_ranges.ConvertAll(r => r.Seq)))
        .Bind("to_prios", new SqlList<int>(_ranges.ConvertAll(r => r.ToPrio)));
}
