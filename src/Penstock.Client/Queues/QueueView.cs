namespace Penstock.Client.Queues;

/// <summary>A queue as it stands, with the totals since the workspace began.</summary>
/// <param name="MaxRunning">Units that may run at once over all workers; null: no limit; 1: a singleton queue.</param>
/// <param name="Ready">Could start now.</param>
/// <param name="Deferred">Wait for their time.</param>
/// <param name="OldestReadyAt">When the unit that waits longest was enqueued.</param>
/// <param name="Workers">Live workers that take from it.</param>
public sealed record QueueView(
    string Name, int? MaxRunning, bool Paused, long Ready, long Deferred, long Running, DateTimeOffset? OldestReadyAt,
    long Succeeded, long Failed, long Cancelled, int Workers)
{
    /// <summary><c>open</c>; <c>draining</c>: paused, and some units still run; <c>paused</c>: nothing runs.</summary>
    public string State { get; init; } = "open";
    public DateTimeOffset? PausedAt { get; init; }
    public string? PausedBy { get; init; }
    public string? PauseReason { get; init; }

    /// <summary>Wait for a resource, or for their key's turn.</summary>
    public long Parked { get; init; }

    /// <summary>Items of batches among those that are ready, deferred or parked; the others are jobs.</summary>
    public long WaitingItems { get; init; }

    /// <summary>What becomes of a job whose worker died: <c>requeue</c> or <c>fail</c>.</summary>
    public string OnLost { get; init; } = "requeue";

    /// <summary>Jobs with the same concurrency key that may run at once; null: no limit.</summary>
    public int? MaxRunningPerKey { get; init; }
    public RateView? Rate { get; init; }
    public RateView? RatePerKey { get; init; }
}
