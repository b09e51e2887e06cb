using System.Data.Common;
using System.Globalization;
using Penstock.Engine.Storage;
using Penstock.Sql.Jobs;
using Penstock.Sql.Limits;

namespace Penstock.Sql.Controls;

/// <summary>Walks over the queued units of one queue in bounded steps: jobs that wait for others, then hints deferred, parked, ready.</summary>
/// <remarks>In this order, because a unit only moves forward between two steps unless its queue is at work.</remarks>
internal sealed class QueueWalk(StoreWrite write, long queueId)
{
    private const string WaitingSql = """
        with waiting as materialized (
            select -priority as prio, seq from job
             where waiting_for in ('dependencies', 'signal') and status = 'queued' and queue_name = (select name from queue where id = @queue_id)
               and seq > @seq)
        select prio, 0, seq, '' from waiting order by seq limit @limit
        """;

    private const string DeferredSql = """
        select prio, kind, seq, run_at from deferred
         where queue_id = @queue_id and (run_at, kind, seq) > (@text, @kind, @seq) order by run_at, kind, seq limit @limit
        """;

    private const string ParkedSql = """
        select prio, kind, seq, resource from parked
         where queue_id = @queue_id and (resource, prio, kind, seq) > (@text, @prio, @kind, @seq)
         order by resource, prio, kind, seq limit @limit
        """;

    private const string ReadySql = """
        select prio, kind, seq, '' from ready
         where queue_id = @queue_id and (prio, kind, seq) > (@prio, @kind, @seq) order by prio, kind, seq limit @limit
        """;

    private static readonly string[] Sources = ["waiting", "deferred", "parked", "ready"];

    /// <param name="change">Called for each job among the hints; true: it was changed.</param>
    public async Task<QueueStep> StepAsync(
        QueueCursor? after, int limit, Func<Hint, CancellationToken, Task<bool>> change, CancellationToken cancellationToken)
    {
        string source = after?.Source ?? Sources[0];
        List<(Hint Hint, string Text)> hints = await ReadAsync(source, after?.Key ?? "", limit, cancellationToken);
        int changed = 0;
        foreach ((Hint hint, string _) in hints)
        {
            if (hint.Kind == UnitKind.Job && await change(hint, cancellationToken))
                changed++;
        }
        int items = hints.Count(h => h.Hint.Kind == UnitKind.Item);
        if (hints.Count == limit)
            return new QueueStep(changed, items, new QueueCursor(source, KeyOf(hints[^1])));
        int next = Array.IndexOf(Sources, source) + 1;
        return new QueueStep(changed, items, next < Sources.Length ? new QueueCursor(Sources[next], "") : null);
    }

    private async Task<List<(Hint, string)>> ReadAsync(string source, string key, int limit, CancellationToken cancellationToken)
    {
        string[] parts = key.Length == 0 ? [$"{int.MinValue}", "-1", "-1", ""] : key.Split(' ', 4);
        string sql = source switch { "waiting" => WaitingSql, "deferred" => DeferredSql, "parked" => ParkedSql, _ => ReadySql };
        using SqlStatement read = write.Session.Statement(sql)
            .Bind("queue_id", queueId).Bind("limit", limit).Bind("seq", Number(parts[2]));
        if (source != "waiting")
            read.Bind("kind", Number(parts[1]));
        if (source is "parked" or "ready")
            read.Bind("prio", Number(parts[0]));
        if (source == "deferred")
            read.Bind("text", key.Length > 0 ? DateTimeOffset.Parse(parts[3], CultureInfo.InvariantCulture) : DateTimeOffset.MinValue);
        else if (source == "parked")
            read.Bind("text", parts[3]);
        return await read.QueryAsync(row => Read(row, source), cancellationToken);
    }

    private static (Hint, string) Read(DbDataReader row, string source) => (
        new Hint(row.GetInt32(0), row.GetInt32(1), row.GetInt64(2)),
        source == "deferred" ? row.Instant(3).ToString("O", CultureInfo.InvariantCulture) : row.GetString(3));

    private static string KeyOf((Hint Hint, string Text) last) =>
        string.Create(CultureInfo.InvariantCulture, $"{last.Hint.Prio} {last.Hint.Kind} {last.Hint.Seq} {last.Text}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
