using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;

namespace Penstock.Server.Queues;

/// <summary>Queues and workers in the words of the API.</summary>
internal static class QueueViews
{
    public static QueueView ToView(this QueueState queue) => new(
        queue.Name, queue.MaxRunning, queue.Paused, queue.Ready, queue.Deferred, queue.Running, queue.OldestReadyAt,
        queue.Succeeded, queue.Failed, queue.Cancelled, queue.Workers)
    {
        State = !queue.Paused ? "open" : queue.Running > 0 ? "draining" : "paused",
        PausedAt = queue.Pause?.At,
        PausedBy = queue.Pause?.By,
        PauseReason = queue.Pause?.Reason,
        Parked = queue.Parked,
        WaitingItems = queue.WaitingItems,
        OnLost = queue.OnLost == LostPolicy.Fail ? "fail" : "requeue",
        MaxRunningPerKey = queue.MaxRunningPerKey,
        Rate = queue.Rate.ToView(queue.RateUsed),
        RatePerKey = queue.RatePerKey.ToView(null),
    };

    public static RateView? ToView(this RateLimit? rate, long? used) =>
        rate is null ? null : new RateView(rate.Count, rate.Per.TotalSeconds, used);

    public static WorkerView ToView(this WorkerState worker) => new(
        worker.Id, worker.Host, worker.ProcessId, worker.Queues, worker.Slots, worker.Busy, worker.State, worker.StartedAt, worker.HeartbeatAt)
    {
        Kind = worker.Kind,
        Labels = worker.Labels,
        DrainRequestedBy = worker.DrainRequestedBy,
    };
}
