using System.Globalization;
using Penstock.Engine.Maintenance;
using Penstock.Engine.Scheduling;
using Penstock.Simulation.Scheduling;
using Penstock.Sql;

namespace Penstock.Simulation.Invariants;

/// <summary>I12: works out by itself which slots a settled schedule owes, and compares them with the jobs made in the same transaction.</summary>
/// <remarks>A job's slot is read from its notes, not from its key: the key is one of the things under test.</remarks>
internal sealed class ScheduleWatch(World world)
{
    public const string InstallSql = """
        create temp table sim_schedule_log (
            n integer primary key, name text, old_cron text, cron text, misfire text, catch_up_max integer,
            old_next text, next text, old_settled text, settled text, old_paused text, paused text);
        create temp table sim_slot_log (n integer primary key, name text, slot text);
        create temp trigger sim_schedule_insert after insert on main.schedule begin
            insert into sim_schedule_log (name, cron, misfire, catch_up_max, next, settled, paused)
            values (new.name, new.cron, new.misfire, new.catch_up_max, new.next_at, new.last_slot_at, new.paused_at);
        end;
        create temp trigger sim_schedule_update after update on main.schedule begin
            insert into sim_schedule_log (name, old_cron, cron, misfire, catch_up_max, old_next, next, old_settled, settled, old_paused, paused)
            values (new.name, old.cron, new.cron, new.misfire, new.catch_up_max, old.next_at, new.next_at, old.last_slot_at, new.last_slot_at, old.paused_at, new.paused_at);
        end;
        create temp trigger sim_slot_insert after insert on main.job
            when json_extract(new.meta, '$.schedule') is not null and json_extract(new.meta, '$.by_hand') = 0 begin
            insert into sim_slot_log (name, slot) values (json_extract(new.meta, '$.schedule'), json_extract(new.meta, '$.slot_at'));
        end;
        """;

    private const string ChangesSql = """
        select n, name, old_cron, cron, misfire, catch_up_max, old_next, next, old_settled, settled, old_paused is not null, paused is not null
          from sim_schedule_log where n > @after order by n
        """;

    private const string SlotsSql = "select n, name, slot from sim_slot_log where n > @after order by n";

    private const string OverdueSql = "select name, next_at from schedule where paused_at is null and next_at < @before";

    private readonly HashSet<(string Name, DateTimeOffset Slot)> _fired = [];
    private long _lastChange;
    private long _lastSlot;

    /// <summary>Slots that became jobs.</summary>
    public int Fired => _fired.Count;

    public async Task AfterCallAsync(SqlSession session, SimulatedProcess caller, CancellationToken cancellationToken)
    {
        using SqlStatement readSlots = session.Statement(SlotsSql).Bind("after", _lastSlot);
        List<Slot> slots = await readSlots.QueryAsync(
            row => new Slot(row.GetInt64(0), row.GetString(1), DateTimeOffset.Parse(row.GetString(2), CultureInfo.InvariantCulture)), cancellationToken);
        using SqlStatement readChanges = session.Statement(ChangesSql).Bind("after", _lastChange);
        List<Change> changes = await readChanges.QueryAsync(
            row => new Change(
                row.GetInt64(0), row.GetString(1), row.TextOrNull(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.InstantOrNull(6),
                row.InstantOrNull(7), row.InstantOrNull(8), row.InstantOrNull(9), row.GetBoolean(10), row.GetBoolean(11)),
            cancellationToken);
        _lastSlot = slots.Count > 0 ? slots[^1].N : _lastSlot;
        _lastChange = changes.Count > 0 ? changes[^1].N : _lastChange;
        DateTimeOffset now = world.Time.GetUtcNow() + caller.Skew;
        HashSet<(string, DateTimeOffset)> before = [.. _fired];
        foreach (Slot slot in slots)
        {
            if (!_fired.Add((slot.Name, slot.At)))
                world.Fail("I12", $"schedule {slot.Name}: slot {slot.At:HH:mm:ss} became a second job");
        }
        foreach (Change change in changes)
        {
            List<DateTimeOffset> made = [.. slots.Where(s => s.Name == change.Name).Select(s => s.At)];
            if (change.Settled != change.OldSettled)
            {
                CheckSettled(change, made, before, now);
                slots.RemoveAll(s => s.Name == change.Name);
            }
            else
                CheckTimes(change, now);
            if (change.Next <= change.Settled)
                world.Fail("I12", $"schedule {change.Name}: the next slot {change.Next:HH:mm:ss} is settled already (up to {change.Settled:HH:mm:ss})");
        }
        if (slots.Count > 0)
            world.Fail("I12", $"schedule {slots[0].Name}: slot {slots[0].At:HH:mm:ss} became a job, and the schedule did not move on with it");
    }

    /// <summary>In calm, with schedulers alive, nothing stays due for longer than the lease of a leader that died.</summary>
    public async Task CheckNothingIsOverdueAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement read = session.Statement(OverdueSql).Bind("before", world.Time.GetUtcNow() - Leadership.Lease - TimeSpan.FromSeconds(5));
        List<string> overdue = await read.QueryAsync(row => $"{row.GetString(0)}, due at {row.Instant(1):HH:mm:ss}", cancellationToken);
        if (overdue.Count > 0)
            world.Fail("I12", $"schedule {overdue[0]}: no scheduler settled it, long after the last fault");
    }

    private void CheckSettled(Change change, List<DateTimeOffset> made, HashSet<(string, DateTimeOffset)> before, DateTimeOffset now)
    {
        if (change.WasPaused)
            world.Fail("I12", $"schedule {change.Name} made jobs while it was paused");
        TimeSpan interval = IntervalOf(change.Cron);
        List<DateTimeOffset> due = [];
        for (DateTimeOffset slot = change.OldNext!.Value; slot <= now; slot += interval)
            due.Add(slot);
        List<DateTimeOffset> onTime = due.FindAll(slot => now - slot <= TickPlanner.Grace);
        List<DateTimeOffset> missed = due.FindAll(slot => now - slot > TickPlanner.Grace);
        List<DateTimeOffset> owed = change.Misfire switch
        {
            "fire_once" => onTime.Count > 0 ? onTime : [.. missed.TakeLast(1)],
            "skip" => onTime,
            _ => [.. missed.TakeLast(change.CatchUpMax), .. onTime],
        };
        foreach (DateTimeOffset slot in made.Except(owed))
            world.Fail("I12", $"schedule {change.Name} ({change.Misfire}): slot {slot:HH:mm:ss} became a job at {now:HH:mm:ss} and was not owed");
        foreach (DateTimeOffset slot in owed.Except(made))
        {
            if (!before.Contains((change.Name, slot)))
                world.Fail("I12", $"schedule {change.Name} ({change.Misfire}): slot {slot:HH:mm:ss} was settled at {now:HH:mm:ss} without its job");
        }
        if (due.Count == 0 || change.Settled != due[^1] || change.Next != due[^1] + interval)
            world.Fail("I12", $"schedule {change.Name}: settled {change.Settled:HH:mm:ss}, next {change.Next:HH:mm:ss}; it should be {due.LastOrDefault():HH:mm:ss} and {due.LastOrDefault() + interval:HH:mm:ss}");
    }

    /// <summary>New, changed or resumed: it goes on from now, and does not go back behind what was settled.</summary>
    private void CheckTimes(Change change, DateTimeOffset now)
    {
        bool anew = change.OldCron != change.Cron || (change.WasPaused && !change.Paused);
        DateTimeOffset? expected = change.OldNext;
        if (anew)
        {
            TimeSpan interval = IntervalOf(change.Cron);
            DateTimeOffset after = change.Settled > now ? change.Settled.Value : now;
            long slots = (after - DateTimeOffset.UnixEpoch).Ticks / interval.Ticks + 1;
            expected = DateTimeOffset.UnixEpoch + slots * interval;
        }
        if (change.Next != expected)
            world.Fail("I12", $"schedule {change.Name}: next slot {change.Next:HH:mm:ss} at {now:HH:mm:ss}; it should be {expected:HH:mm:ss}");
    }

    private static TimeSpan IntervalOf(string cron) =>
        TimeSpan.FromSeconds(int.Parse(cron["@every ".Length..^1], CultureInfo.InvariantCulture));

    private sealed record Slot(long N, string Name, DateTimeOffset At);

    private sealed record Change(
        long N, string Name, string? OldCron, string Cron, string Misfire, int CatchUpMax, DateTimeOffset? OldNext, DateTimeOffset? Next,
        DateTimeOffset? OldSettled, DateTimeOffset? Settled, bool WasPaused, bool Paused);
}
