namespace Penstock.Client.Queues;

/// <param name="Priority">Higher runs first; -1000 to 1000.</param>
/// <param name="Operation">Only jobs of this operation; absent: all.</param>
public sealed record PriorityRequest(int Priority, string? Operation = null);
