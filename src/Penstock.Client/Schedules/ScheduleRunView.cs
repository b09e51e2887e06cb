namespace Penstock.Client.Schedules;

/// <summary>One job of a schedule.</summary>
/// <param name="SlotAt">The slot it stands for; for a run by hand the moment it was asked for.</param>
public sealed record ScheduleRunView(
    Guid JobId, DateTimeOffset SlotAt, bool ByHand, string Status, DateTimeOffset CreatedAt, DateTimeOffset? RunAt,
    DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string? ErrorCode, string? ErrorMessage);
