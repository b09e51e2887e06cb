namespace Penstock.Client.Queues;

/// <param name="DryRun">Only count.</param>
public sealed record PurgeRequest(bool DryRun = false);
