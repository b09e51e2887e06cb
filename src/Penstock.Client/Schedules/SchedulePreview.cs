namespace Penstock.Client.Schedules;

/// <summary>The next slots of an expression.</summary>
public sealed record SchedulePreview(string Cron, string TimeZone, IReadOnlyList<ScheduleSlot> Slots);

/// <param name="Local">On the wall clock of the time zone, with its offset.</param>
public sealed record ScheduleSlot(DateTimeOffset At, string Local);
