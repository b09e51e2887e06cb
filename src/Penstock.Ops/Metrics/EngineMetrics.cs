using Penstock.Engine.Storage;

namespace Penstock.Ops.Metrics;

/// <summary>Queues, workers, dead letters and the history, as the store counts them: true over all processes and restarts.</summary>
internal sealed class EngineMetrics(IJobReader reader, TimeProvider time) : IMetricSource
{
    public async Task WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        WriteQueues(text, await reader.QueuesAsync(cancellationToken));
        WriteWorkers(text, await reader.WorkersAsync(cancellationToken));

        text.Family("penstock_dead_letters", "gauge", "Dead letters that wait for a decision.");
        text.Sample(
            "penstock_dead_letters",
            await reader.CountDeadLettersAsync(new DeadLetterFilter(Status: "pending"), cancellationToken));

        text.Family("penstock_events_written_total", "counter", "Events written to the histories since the workspace began.");
        text.Sample("penstock_events_written_total", await reader.LastEventIdAsync(cancellationToken));
    }

    private void WriteQueues(PrometheusText text, IReadOnlyList<QueueState> queues)
    {
        text.Family("penstock_queue_units", "gauge", "Jobs and items in a queue that have not ended, by what they wait for.");
        foreach (QueueState queue in queues)
        {
            text.Sample("penstock_queue_units", queue.Ready, ("queue", queue.Name), ("state", "ready"));
            text.Sample("penstock_queue_units", queue.Deferred, ("queue", queue.Name), ("state", "deferred"));
            text.Sample("penstock_queue_units", queue.Running, ("queue", queue.Name), ("state", "running"));
        }
        text.Family("penstock_jobs_finished_total", "counter", "Jobs that ended since the workspace began, by queue and status.");
        foreach (QueueState queue in queues)
        {
            text.Sample("penstock_jobs_finished_total", queue.Succeeded, ("queue", queue.Name), ("status", "succeeded"));
            text.Sample("penstock_jobs_finished_total", queue.Failed, ("queue", queue.Name), ("status", "failed"));
            text.Sample("penstock_jobs_finished_total", queue.Cancelled, ("queue", queue.Name), ("status", "cancelled"));
        }
        text.Family("penstock_queue_oldest_age_seconds", "gauge", "How long the unit that waits longest could have run; 0 for an empty queue.");
        DateTimeOffset now = time.GetUtcNow();
        foreach (QueueState queue in queues)
        {
            double age = queue.OldestReadyAt is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0;
            text.Sample("penstock_queue_oldest_age_seconds", age, ("queue", queue.Name));
        }
        text.Family("penstock_queue_paused", "gauge", "1 while no unit of the queue is started.");
        foreach (QueueState queue in queues)
            text.Sample("penstock_queue_paused", queue.Paused ? 1 : 0, ("queue", queue.Name));
    }

    private static void WriteWorkers(PrometheusText text, IReadOnlyList<WorkerState> workers)
    {
        text.Family("penstock_workers", "gauge", "Workers by state.");
        foreach (string state in (string[])["running", "draining", "dead"])
            text.Sample("penstock_workers", workers.Count(worker => worker.State == state), ("state", state));
        List<WorkerState> live = workers.Where(worker => worker.State != "dead").ToList();
        text.Family("penstock_worker_slots", "gauge", "Units that live workers can run at once.");
        text.Sample("penstock_worker_slots", live.Sum(worker => worker.Slots));
        text.Family("penstock_worker_slots_busy", "gauge", "Slots of live workers that run a unit.");
        text.Sample("penstock_worker_slots_busy", live.Sum(worker => worker.Busy));
    }
}
