using System.Globalization;
using Penstock.Client.Schedules;
using Penstock.Engine.Jobs;
using Penstock.Engine.Scheduling;
using Penstock.Server.Jobs;

namespace Penstock.Server.Schedules;

/// <summary>Schedules in the words of the API.</summary>
internal static class ScheduleViews
{
    public static ScheduleView ToView(this Schedule schedule)
    {
        DateTimeOffset? next = schedule.PausedAt is null ? schedule.NextAt : null;
        return new ScheduleView
        {
            Name = schedule.Name,
            Operation = schedule.Definition.Operation,
            Payload = JobViews.Parse(schedule.Definition.Payload),
            QueueName = schedule.Definition.QueueName,
            Priority = schedule.Definition.Priority,
            Cron = schedule.Definition.Cron,
            TimeZone = schedule.Definition.TimeZone,
            Misfire = schedule.Definition.Misfire.ToText(),
            CatchUpMax = schedule.Definition.CatchUpMax,
            JitterSeconds = schedule.Definition.Jitter.TotalSeconds,
            Origin = schedule.IsDeclared ? "declared" : "api",
            NextAt = next,
            NextLocal = next is { } at ? LocalOrNull(at, schedule.Definition.TimeZone) : null,
            LastSlotAt = schedule.LastSlotAt,
            LastJobId = schedule.LastJobId,
            LastJobStatus = schedule.LastJobStatus?.ToText(),
            PausedAt = schedule.PausedAt,
            PausedBy = schedule.PausedBy,
            ErrorMessage = schedule.ErrorMessage,
            CreatedAt = schedule.CreatedAt,
            UpdatedAt = schedule.UpdatedAt,
        };
    }

    public static ScheduleRunView ToView(this ScheduleRun run) => new(
        run.Job.Id, run.Slot, run.ByHand, run.Job.Status.ToText(), run.Job.CreatedAt, run.Job.RunAt, run.Job.StartedAt, run.Job.FinishedAt,
        run.Job.ErrorCode, run.Job.ErrorMessage);

    public static string Local(DateTimeOffset at, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(at, zone).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);

    // A zone this machine no longer knows must not hide the schedule: its tick says what is wrong.
    private static string? LocalOrNull(DateTimeOffset at, string zone)
    {
        try
        {
            return Local(at, TimeZones.Find(zone));
        }
        catch (TimeZoneUnknownException)
        {
            return null;
        }
    }
}
