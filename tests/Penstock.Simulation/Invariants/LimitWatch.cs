using System.Text.Json;
using Penstock.Engine.Operations;
using Penstock.Simulation.Workload;
using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>Resources, keys and rates, recounted from claims and rows alone: the engine's own books are not asked.</summary>
internal sealed class LimitWatch(World world)
{
    private const string RunningSql = """
        select j.resources, i.operation
          from claim c left join job j on c.kind = 0 and j.seq = c.seq left join item i on c.kind = 1 and i.seq = c.seq
        """;

    private const string NewSql = """
        select l.n, q.name, l.claimed_at, j.resources, i.operation, l.queue_id, l.kind, l.seq,
               coalesce(-j.priority, (select -p.priority from job p where p.id = i.parent_job_id), 0)
          from sim_claim_log l join queue q on q.id = l.queue_id
          left join job j on l.kind = 0 and j.seq = l.seq left join item i on l.kind = 1 and i.seq = l.seq
         where l.n > @after order by l.n
        """;

    // A parked unit that could run and comes before one that was just started with the same resource.
    private const string OvertakenSql = """
        select p.seq from parked p left join job j on p.kind = 0 and j.seq = p.seq
         where p.resource = @resource and p.queue_id = @queue_id and (p.prio, p.kind, p.seq) < (@prio, @kind, @seq)
           and (p.kind = 1 or (j.status = 'queued' and j.priority = -p.prio))
           and (p.kind = 0 or (exists (select 1 from item i where i.seq = p.seq) and not exists (select 1 from claim c where c.kind = 1 and c.seq = p.seq)))
         limit 1
        """;

    private readonly Dictionary<string, List<DateTimeOffset>> _starts = new(StringComparer.Ordinal);
    private long _last;

    public async Task AfterCallAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(NewSql).Bind("after", _last);
        List<Start> starts = await read.QueryAsync(
            row => new Start(
                row.GetInt64(0), row.GetString(1), row.Instant(2), Needs(row.TextOrNull(3), row.TextOrNull(4)), row.GetInt64(5),
                row.GetInt32(6), row.GetInt64(7), row.IntOrNull(8) ?? 0),
            cancellationToken);
        foreach (Start start in starts)
        {
            _last = start.N;
            CheckRate($"queue {start.Queue}", Queue(start.Queue).Rate, start.At);
            foreach (string resource in start.Needs.Keys)
            {
                CheckRate(resource, LimitsOf(resource).Rate, start.At);
                await CheckOrderAsync(session, start, resource, cancellationToken);
            }
        }
        if (starts.Count > 0)
            await CheckUseAsync(session, cancellationToken);
    }

    private async Task CheckUseAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement running = session.Statement(RunningSql);
        Dictionary<string, int> used = new(StringComparer.Ordinal);
        foreach (IReadOnlyDictionary<string, int> needs in await running.QueryAsync(row => Needs(row.TextOrNull(0), row.TextOrNull(1)), cancellationToken))
        {
            foreach ((string resource, int units) in needs)
                used[resource] = used.GetValueOrDefault(resource) + units;
        }
        foreach ((string resource, int units) in used)
        {
            if (units > LimitsOf(resource).Capacity)
                world.Fail("I10", $"{units} units of resource {resource} are in use; its capacity is {LimitsOf(resource).Capacity}");
        }
    }

    private void CheckRate(string scope, RateLimit? rate, DateTimeOffset at)
    {
        if (rate is null)
            return;
        if (!_starts.TryGetValue(scope, out List<DateTimeOffset>? starts))
            _starts[scope] = starts = [];
        starts.Add(at);
        if (starts.Count > rate.Count && at - starts[^(rate.Count + 1)] < rate.Per)
            world.Fail("I10", $"{scope}: {rate.Count + 1} starts within {(at - starts[^(rate.Count + 1)]).TotalSeconds:0.######} s; {rate.Count} in {rate.Per.TotalSeconds} s are allowed");
    }

    private async Task CheckOrderAsync(SqlSession session, Start start, string resource, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(OvertakenSql)
            .Bind("resource", resource).Bind("queue_id", start.QueueId).Bind("prio", start.Prio).Bind("kind", start.Kind).Bind("seq", start.Seq);
        long overtaken = await find.ScalarAsync<long>(cancellationToken);
        if (overtaken > 0)
            world.Fail("I9", $"queue {start.Queue}: unit {start.Seq} got resource {resource}, for which unit {overtaken} waited before it");
    }

    private static (long Capacity, RateLimit? Rate) LimitsOf(string resource)
    {
        if (!resource.StartsWith(ResourceDefinition.KeyPrefix, StringComparison.Ordinal))
            return (SimulatedOperations.Registry.Resource(resource).Capacity, SimulatedOperations.Registry.Resource(resource).Rate);
        QueueDefinition queue = Queue(resource.Split(':')[1]);
        return (queue.MaxRunningPerKey ?? long.MaxValue, queue.RatePerKey);
    }

    private static QueueDefinition Queue(string name) => SimulatedOperations.Registry.Queue(name);

    // Of an item: as its operation says, not as the engine noted it on its row.
    private static IReadOnlyDictionary<string, int> Needs(string? ofJob, string? itemOperation) =>
        itemOperation is not null ? SimulatedOperations.Registry.Operation(itemOperation).Resources
        : ofJob is not null ? JsonSerializer.Deserialize<Dictionary<string, int>>(ofJob)!
        : System.Collections.Frozen.FrozenDictionary<string, int>.Empty;

    private sealed record Start(
        long N, string Queue, DateTimeOffset At, IReadOnlyDictionary<string, int> Needs, long QueueId, int Kind, long Seq, int Prio);
}
