namespace Penstock.Client.Queues;

/// <param name="Jobs">Queued jobs whose priority changed.</param>
public sealed record PriorityReply(string Name, int Priority, long Jobs);
