using System.Data.Common;
using System.Text.Json;
using Penstock.Engine.Operations;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Limits;

/// <summary>What is free of each resource during one claim, and who takes it: all that a unit needs, or nothing.</summary>
internal sealed class ResourceBook(StoreWrite write)
{
    private const string FindSql = "select capacity, rate_count, rate_seconds from resource where name = @resource";

    // A hold counts only with its claim: whatever ended the claim has freed the resource.
    private const string InUseSql = """
        select coalesce(sum(h.units), 0) from resource_hold h join claim c on c.kind = h.kind and c.seq = h.seq and c.fence = h.fence
         where h.resource = @resource
        """;

    private const string HoldSql = """
        insert into resource_hold (kind, seq, resource, fence, units) values (@kind, @seq, @resource, @fence, @units)
        on conflict (kind, seq, resource) do update set fence = excluded.fence, units = excluded.units
        """;

    private readonly Dictionary<string, Scope> _scopes = new(StringComparer.Ordinal);

    public static IReadOnlyList<Need> Parse(string resources) =>
        [.. JsonSerializer.Deserialize<SortedDictionary<string, int>>(resources)!.Select(need => new Need(need.Key, need.Value))];

    /// <summary>What is free of a resource now; its limits are the queue's if it stands for a key.</summary>
    public async Task<Scope> ScopeAsync(string resource, KeyLimits keys, CancellationToken cancellationToken)
    {
        if (_scopes.TryGetValue(resource, out Scope? known))
            return known;
        (long? capacity, RateLimit? rate) = resource.StartsWith(ResourceDefinition.KeyPrefix, StringComparison.Ordinal)
            ? (keys.MaxRunning, keys.Rate)
            : await LimitsAsync(resource, cancellationToken);
        long inUse = capacity is null ? 0 : await InUseAsync(resource, cancellationToken);
        RateWindow? window = rate is null
            ? null
            : await RateLog.ReadAsync(write, RateLog.ScopeOfResource(resource), rate, cancellationToken);
        return _scopes[resource] = new Scope(capacity is null ? long.MaxValue : capacity.Value - inUse, window);
    }

    /// <summary>Writes down that a unit holds what it needs; the caller has seen that all of it is free.</summary>
    public async Task TakeAsync(
        Hint unit, long fence, IReadOnlyList<Need> needs, KeyLimits keys, CancellationToken cancellationToken)
    {
        foreach (Need need in needs)
        {
            Scope scope = await ScopeAsync(need.Resource, keys, cancellationToken);
            if (scope.Free != long.MaxValue)
                scope.Free -= need.Units;
            if (scope.Window is { } window)
                await RateLog.AddAsync(write, window, cancellationToken);
            using SqlStatement hold = write.Session.Statement(HoldSql)
                .Bind("kind", unit.Kind).Bind("seq", unit.Seq).Bind("resource", need.Resource).Bind("fence", fence).Bind("units", need.Units);
            await hold.ExecuteAsync(cancellationToken);
        }
    }

    private async Task<(long?, RateLimit?)> LimitsAsync(string resource, CancellationToken cancellationToken)
    {
        using SqlStatement find = write.Session.Statement(FindSql).Bind("resource", resource);
        List<(long?, RateLimit?)> found = await find.QueryAsync(Read, cancellationToken);
        // One that no program declared to this store has no room: its units wait where people see them.
        return found.Count > 0 ? found[0] : (0, null);
    }

    private async Task<long> InUseAsync(string resource, CancellationToken cancellationToken)
    {
        using SqlStatement sum = write.Session.Statement(InUseSql).Bind("resource", resource);
        return await sum.ScalarAsync<long>(cancellationToken);
    }

    private static (long?, RateLimit?) Read(DbDataReader row) => (row.GetInt64(0), KeyLimits.RateOf(row, 1));

    /// <summary>One resource during this claim.</summary>
    public sealed class Scope(long free, RateWindow? window)
    {
        /// <summary>Units not in use; below 0 after the capacity was lowered.</summary>
        public long Free { get; set; } = free;
        public RateWindow? Window { get; } = window;

        public bool Admits(int units) => units <= Free && (Window is null || Window.Free > 0);
    }
}

/// <param name="Units">At least 1.</param>
internal readonly record struct Need(string Resource, int Units);
