namespace Penstock.Client.Queues;

/// <summary>A queue as it stands, with the totals since the workspace began.</summary>
/// <param name="MaxRunning">Units that may run at once over all workers; null: no limit; 1: a singleton queue.</param>
/// <param name="Ready">Could start now.</param>
/// <param name="Deferred">Wait for their time.</param>
/// <param name="OldestReadyAt">When the unit that waits longest was enqueued.</param>
/// <param name="Workers">Live workers that take from it.</param>
public sealed record QueueView(
    string Name, int? MaxRunning, bool Paused, long Ready, long Deferred, long Running, DateTimeOffset? OldestReadyAt,
    long Succeeded, long Failed, long Cancelled, int Workers);
