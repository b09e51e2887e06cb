using Penstock.Engine.Operations;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Limits;

/// <summary>Declared resources, and the word that something of one became free.</summary>
internal static class ResourceTable
{
    private const string DeclareSql = """
        insert into resource (name, capacity, rate_count, rate_seconds) values (@name, @capacity, @rate_count, @rate_seconds)
        on conflict (name) do update
           set capacity = excluded.capacity, rate_count = excluded.rate_count, rate_seconds = excluded.rate_seconds
        """;

    // Limits may have been raised: everything that waits is looked at again.
    private const string MarkAllSql = """
        insert into unpark (queue_id, at, resource)
        select queue_id, @now, resource from (select distinct queue_id, resource from parked) p where true on conflict do nothing
        """;

    private const string FreeSql = """
        delete from resource_hold where kind = @kind and seq = @seq and fence = @fence returning resource
        """;

    private const string SweepSql = """
        delete from resource_hold
         where not exists (select 1 from claim c where c.kind = resource_hold.kind and c.seq = resource_hold.seq and c.fence = resource_hold.fence)
        returning resource
        """;

    // Steps from queue to queue over the key of parked: the units that wait in between are not read.
    private const string MarkSql = """
        insert into unpark (queue_id, at, resource)
        with recursive waiting (id) as (
            select min(queue_id) from parked where resource = @resource
            union all
            select (select min(p.queue_id) from parked p where p.resource = @resource and p.queue_id > w.id) from waiting w where w.id is not null)
        select id, @at, @resource from waiting where id is not null
        on conflict do nothing
        returning (select name from queue where id = queue_id)
        """;

    public static async Task DeclareAsync(
        StoreWrite write, IReadOnlyCollection<ResourceDefinition> resources, CancellationToken cancellationToken)
    {
        foreach (ResourceDefinition resource in resources)
        {
            using SqlStatement declare = write.Session.Statement(DeclareSql)
                .Bind("name", resource.Name).Bind("capacity", resource.Capacity)
                .Bind("rate_count", resource.Rate?.Count).Bind("rate_seconds", resource.Rate?.Per);
            await declare.ExecuteAsync(cancellationToken);
        }
        using SqlStatement mark = write.Session.Statement(MarkAllSql).Bind("now", write.Now);
        await mark.ExecuteAsync(cancellationToken);
    }

    /// <summary>Gives back what an ended execution held and wakes those that wait for it.</summary>
    public static async Task FreeAsync(StoreWrite write, int kind, long seq, long fence, CancellationToken cancellationToken)
    {
        using SqlStatement free = write.Session.Statement(FreeSql).Bind("kind", kind).Bind("seq", seq).Bind("fence", fence);
        await MarkAsync(write, await free.QueryAsync(row => row.GetString(0), cancellationToken), cancellationToken);
    }

    /// <summary>Clears holds whose claim ended without giving them back: cancelled, lost with its worker, or ended by hand.</summary>
    public static async Task SweepAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        using SqlStatement sweep = write.Session.Statement(SweepSql);
        await MarkAsync(write, await sweep.QueryAsync(row => row.GetString(0), cancellationToken), cancellationToken);
    }

    private static async Task MarkAsync(StoreWrite write, List<string> resources, CancellationToken cancellationToken)
    {
        foreach (string resource in resources.Distinct(StringComparer.Ordinal))
        {
            using SqlStatement mark = write.Session.Statement(MarkSql).Bind("resource", resource).Bind("at", write.Now);
            foreach (string queue in await mark.QueryAsync(row => row.GetString(0), cancellationToken))
                write.Woken.Add(queue);
        }
    }
}
