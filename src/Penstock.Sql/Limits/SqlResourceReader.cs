using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Limits;

/// <summary>Who uses what and who waits for it.</summary>
public sealed class SqlResourceReader(SqlDatabase database) : IResourceReader
{
    /// <summary>Resources of keys shown at most: there may be one for each customer.</summary>
    private const int KeysMax = 200;

    private const string DeclaredSql = "select name, capacity, rate_count, rate_seconds from resource order by name";

    private const string HoldersSql = """
        select h.resource, h.units, c.worker_id, c.claimed_at, q.name, q.max_running_per_key, q.key_rate_count, q.key_rate_seconds,
               case h.kind when 0 then (select j.id from job j where j.seq = h.seq) else (select i.parent_job_id from item i where i.seq = h.seq) end,
               case h.kind when 1 then (select i.item_index from item i where i.seq = h.seq) end
          from resource_hold h join claim c on c.kind = h.kind and c.seq = h.seq and c.fence = h.fence
          join queue q on q.id = c.queue_id
         order by h.resource, c.claimed_at, c.fence
        """;

    private const string WaitingSql = """
        select p.resource, count(*), max(q.max_running_per_key), max(q.key_rate_count), max(q.key_rate_seconds)
          from parked p join queue q on q.id = p.queue_id group by p.resource order by p.resource
        """;

    public Task<IReadOnlyList<ResourceState>> ResourcesAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(ReadAsync, cancellationToken);

    private static async Task<IReadOnlyList<ResourceState>> ReadAsync(SqlSession session, CancellationToken cancellationToken)
    {
        Dictionary<string, ResourceState> declared = new(StringComparer.Ordinal);
        using (SqlStatement read = session.Statement(DeclaredSql))
        {
            foreach (ResourceState one in await read.QueryAsync(
                row => new ResourceState(row.GetString(0), row.GetInt64(1), KeyLimits.RateOf(row, 2), 0, 0, []), cancellationToken))
                declared[one.Name] = one;
        }
        SortedDictionary<string, ResourceState> all = new(declared, StringComparer.Ordinal);

        using SqlStatement holders = session.Statement(HoldersSql);
        foreach (IGrouping<string, (string Resource, ResourceHolder Holder, KeyLimits Keys)> held in (await holders.QueryAsync(
            row => (
                row.GetString(0),
                new ResourceHolder(row.GetGuid(8), row.IntOrNull(9), row.GetString(4), row.GetInt32(1), row.GetString(2), row.Instant(3)),
                KeyLimits.Read(row, 5)),
            cancellationToken)).GroupBy(h => h.Item1, StringComparer.Ordinal))
        {
            List<ResourceHolder> who = [.. held.Select(h => h.Holder)];
            all[held.Key] = Of(all, held.Key, held.First().Keys) with { InUse = who.Sum(h => (long)h.Units), Holders = who };
        }

        using SqlStatement waiting = session.Statement(WaitingSql);
        foreach ((string resource, long count, KeyLimits keys) in await waiting.QueryAsync(
            row => (row.GetString(0), row.GetInt64(1), KeyLimits.Read(row, 2)), cancellationToken))
            all[resource] = Of(all, resource, keys) with { Waiting = count };
        return [.. declared.Keys.Select(name => all[name]), .. all.Values.Where(one => !declared.ContainsKey(one.Name)).Take(KeysMax)];
    }

    private static ResourceState Of(SortedDictionary<string, ResourceState> all, string name, KeyLimits keys) =>
        all.TryGetValue(name, out ResourceState? known)
            ? known
            : name.StartsWith(ResourceDefinition.KeyPrefix, StringComparison.Ordinal)
                ? new ResourceState(name, keys.MaxRunning, keys.Rate, 0, 0, [])
                : new ResourceState(name, null, null, 0, 0, []);
}
