using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Scheduling;

/// <summary>Decides which jobs a due schedule makes at an instant, and when it is due again. Decides only; the store does it.</summary>
public sealed class TickPlanner(JobDrafting drafting)
{
    /// <summary>A slot this old at its tick was missed: no scheduler was there at its time.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstSpan = TimeSpan.FromMinutes(2);

    /// <exception cref="PenstockException">The expression, zone, operation or payload is not usable in this program.</exception>
    public TickPlan Plan(Schedule schedule, DateTimeOffset now)
    {
        ScheduleDefinition definition = schedule.Definition;
        CronExpression cron = CronExpression.Parse(definition.Cron);
        TimeZoneInfo zone = TimeZones.Find(definition.TimeZone);
        DateTimeOffset first = schedule.NextAt ?? throw new ArgumentException($"Schedule {schedule.Name} has no slot.", nameof(schedule));

        int missedMax = definition.Misfire == MisfirePolicy.CatchUp ? definition.CatchUpMax : 1;
        List<DateTimeOffset> due = Newest(cron, zone, first, now, missedMax);
        List<DateTimeOffset> onTime = due.FindAll(slot => now - slot <= Grace);
        List<DateTimeOffset> missed = due.FindAll(slot => now - slot > Grace);
        IEnumerable<DateTimeOffset> fired = definition.Misfire switch
        {
            // The slot of this very minute stands for those that were missed, too.
            MisfirePolicy.FireOnce => onTime.Count > 0 ? onTime : missed.TakeLast(1),
            MisfirePolicy.CatchUp => missed.TakeLast(missedMax).Concat(onTime),
            _ => onTime,
        };
        List<JobDraft> jobs = [.. fired.Select(slot => Draft(definition, slot, now))];
        return new TickPlan(jobs, due[^1], cron.NextAfter(due[^1], zone), jobs.Count < due.Count || due[0] > first);
    }

    /// <summary>The job of a run by hand: now, without jitter, and no slot's.</summary>
    public JobDraft PlanByHand(ScheduleDefinition definition, Guid jobId, DateTimeOffset now, string by)
    {
        NewJob job = Common(definition, now, byHand: true) with
        {
            Id = jobId,
            IdempotencyKey = SlotKey.OfRunByHand(definition.Name, now, jobId),
            Source = $"schedule:{definition.Name} by {by}",
        };
        return drafting.Draft(job);
    }

    private JobDraft Draft(ScheduleDefinition definition, DateTimeOffset slot, DateTimeOffset now)
    {
        // A missed slot's delay counts from now: after an outage jitter spreads what all catch up at once.
        DateTimeOffset from = now - slot <= Grace ? slot : now;
        TimeSpan jitter = SlotKey.Jitter(definition.Name, slot, definition.Jitter);
        return drafting.Draft(Common(definition, slot, byHand: false) with
        {
            RunAt = jitter > TimeSpan.Zero ? from + jitter : null,
            IdempotencyKey = SlotKey.Of(definition.Name, slot),
            Source = $"schedule:{definition.Name}",
        });
    }

    private static NewJob Common(ScheduleDefinition definition, DateTimeOffset slot, bool byHand) => new(definition.Operation, definition.Payload)
    {
        QueueName = definition.QueueName,
        Priority = definition.Priority,
        Meta = PayloadJson.Write(new { Schedule = definition.Name, SlotAt = slot, ByHand = byHand }),
    };

    /// <summary>The newest slots of those due: all on time, and of the missed at least as many as are wanted.</summary>
    /// <remarks>Looks back by spans that double, so that a year of missed minutes costs no more than the few that are kept.</remarks>
    private static List<DateTimeOffset> Newest(
        CronExpression cron, TimeZoneInfo zone, DateTimeOffset first, DateTimeOffset now, int missedMax)
    {
        for (TimeSpan span = FirstSpan; ; span *= 2)
        {
            bool whole = now - first <= span;
            DateTimeOffset from = whole ? first : now - span;
            List<DateTimeOffset> due = [.. cron.After(from.AddTicks(-1), zone).TakeWhile(slot => slot <= now)];
            // The stored slot itself is due whatever the expression gives: the zone's rules may have changed since.
            if (whole && (due.Count == 0 || due[0] != first))
                due.Insert(0, first);
            if (whole || due.Count(slot => now - slot > Grace) > missedMax)
                return due;
        }
    }
}

/// <summary>What one tick of a schedule does, all in one transaction.</summary>
/// <param name="Jobs">Oldest slot first.</param>
/// <param name="SettledSlot">The newest slot due.</param>
/// <param name="NextAt">Null: the calendar ends.</param>
/// <param name="Dropped">Some due slots get no job, by the misfire policy.</param>
public sealed record TickPlan(IReadOnlyList<JobDraft> Jobs, DateTimeOffset SettledSlot, DateTimeOffset? NextAt, bool Dropped);
