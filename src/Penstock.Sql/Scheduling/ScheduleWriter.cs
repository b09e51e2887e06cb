using Penstock.Engine.Scheduling;
using Penstock.Sql.Jobs;

namespace Penstock.Sql.Scheduling;

/// <summary>Makes a schedule what its definition says, over the API or by declaration.</summary>
internal static class ScheduleWriter
{
    private const string InsertSql = """
        insert into schedule (name, operation, cron, payload, queue_name, priority, time_zone, misfire, catch_up_max, jitter_seconds,
                              origin, next_at, created_at, updated_at)
        values (@name, @operation, @cron, @payload, @queue_name, @priority, @time_zone, @misfire, @catch_up_max, @jitter_seconds,
                @origin, @next_at, @now, @now)
        """;

    private const string ChangeSql = """
        update schedule
           set operation = @operation, cron = @cron, payload = @payload, queue_name = @queue_name, priority = @priority,
               time_zone = @time_zone, misfire = @misfire, catch_up_max = @catch_up_max, jitter_seconds = @jitter_seconds,
               origin = @origin, next_at = @next_at, paused_at = @paused_at, paused_by = @paused_by, error_message = null,
               updated_at = @now
         where name = @name
        """;

    /// <param name="known">As stored; null: it is new.</param>
    /// <param name="next">The first slot after an instant.</param>
    public static async Task SetAsync(
        StoreWrite write, ScheduleDefinition definition, Schedule? known, bool isDeclared,
        Func<ScheduleDefinition, DateTimeOffset, DateTimeOffset?> next, CancellationToken cancellationToken)
    {
        if (known is not null && known.Definition == definition && known.IsDeclared == isDeclared && known.PausedBy != Schedule.Undeclared)
            return; // As it is: what was missed while no process ran is still to be settled.

        // Declared again: the pause was the engine's own. A pause by a person stays.
        bool returns = isDeclared && known?.PausedBy == Schedule.Undeclared;
        bool sameTimes = known is not null && !returns
            && known.Definition.Cron == definition.Cron && known.Definition.TimeZone == definition.TimeZone;
        using SqlStatement set = write.Session.Statement(known is null ? InsertSql : ChangeSql)
            .BindDefinition(definition).Bind("origin", isDeclared ? "declared" : "api").Bind("now", write.Now)
            .Bind("next_at", sameTimes ? known!.NextAt : next(definition, Settled(known, write.Now)));
        if (known is not null)
            set.Bind("paused_at", returns ? null : known.PausedAt).Bind("paused_by", returns ? null : known.PausedBy);
        await set.ExecuteAsync(cancellationToken);
    }

    /// <summary>Where a schedule's times begin anew: now, or its newest settled slot where a clock was set back since.</summary>
    public static DateTimeOffset Settled(Schedule? schedule, DateTimeOffset now) =>
        schedule?.LastSlotAt is { } last && last > now ? last : now;
}
