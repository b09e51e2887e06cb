namespace Penstock.Client.Queues;

/// <param name="Reason">Why, for those who wonder; at most 500 characters.</param>
public sealed record PauseRequest(string? Reason = null);
