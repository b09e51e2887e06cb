namespace Penstock.Client.Schedules;

public sealed record RemovedSchedule(string Removed);
