using Penstock.Client.Schedules;

namespace Penstock.Console.Schedules;

public sealed record ScheduleListModel(IReadOnlyList<ScheduleView> Schedules);

/// <param name="Slots">The next ones; empty while it is paused.</param>
/// <param name="Runs">Newest slot first.</param>
/// <param name="HasMore">Older runs follow.</param>
/// <param name="Before">Cursor: only runs before this slot.</param>
public sealed record ScheduleModel(
    ScheduleView Schedule, IReadOnlyList<ScheduleSlot> Slots, IReadOnlyList<ScheduleRunView> Runs, bool HasMore, DateTimeOffset? Before);
