using System.Text.Json;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Who works: one row per worker, one write per heartbeat.</summary>
internal static class WorkerTable
{
    private const string RegisterSql = """
        insert into worker (id, host, pid, process_started_at, queues, slots, busy, draining, started_at, heartbeat_at, labels, kind)
        values (@id, @host, @pid, @process_started_at, @queues, @slots, @busy, @draining, @now, @now, @labels, @kind)
        returning drain_requested_at is not null
        """;

    private const string BeatSql = """
        update worker set heartbeat_at = @now, busy = @busy, draining = @draining where id = @id
        returning drain_requested_at is not null
        """;

    private const string DrainSql = """
        update worker set drain_requested_at = coalesce(drain_requested_at, @now), drain_requested_by = coalesce(drain_requested_by, @by)
         where id = @id
        """;

    private const string RetireSql = "delete from worker where id = @id";

    private const string HeldSql = "select kind, seq, fence from claim where worker_id = @id";

    public static async Task<WorkerStanding> BeatAsync(StoreWrite write, WorkerBeat beat, CancellationToken cancellationToken)
    {
        using SqlStatement statement = write.Session.Statement(beat.Registers ? RegisterSql : BeatSql)
            .Bind("id", beat.WorkerId).Bind("now", write.Now).Bind("busy", beat.Busy).Bind("draining", beat.Draining ? 1 : 0);
        if (beat.Registers)
            statement.Bind("host", beat.Host).Bind("pid", beat.ProcessId).Bind("process_started_at", beat.ProcessStartedAt)
                .Bind("queues", JsonSerializer.Serialize(beat.Queues)).Bind("slots", beat.Slots)
                .Bind("labels", JsonSerializer.Serialize(beat.Labels)).Bind("kind", beat.Kind);
        List<bool> drains = await statement.QueryAsync(row => row.GetBoolean(0), cancellationToken);
        return new WorkerStanding(Known: drains.Count > 0, Drains: drains.Contains(true));
    }

    /// <summary>Asks it to finish what it has and end.</summary>
    /// <exception cref="WorkerNotFoundException"/>
    public static async Task DrainAsync(StoreWrite write, string workerId, string by, CancellationToken cancellationToken)
    {
        using SqlStatement drain = write.Session.Statement(DrainSql).Bind("id", workerId).Bind("by", by).Bind("now", write.Now);
        if (await drain.ExecuteAsync(cancellationToken) == 0)
            throw new WorkerNotFoundException(workerId);
    }

    public static async Task RetireAsync(StoreWrite write, string workerId, CancellationToken cancellationToken)
    {
        using SqlStatement retire = write.Session.Statement(RetireSql).Bind("id", workerId);
        await retire.ExecuteAsync(cancellationToken);
    }

    public static async Task<IReadOnlySet<UnitKey>> HeldAsync(SqlSession session, string workerId, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(HeldSql).Bind("id", workerId);
        List<UnitKey> held = await read.QueryAsync(
            row => new UnitKey(row.GetInt32(0) == UnitKind.Item, row.GetInt64(1), row.GetInt64(2)), cancellationToken);
        return held.ToHashSet();
    }
}
