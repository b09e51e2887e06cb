using Penstock.Client.Events;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Client.Workers;

namespace Penstock.Console.Overview;

/// <param name="Running">The newest of the running jobs, children left out.</param>
/// <param name="Recent">The newest jobs of any status, children left out.</param>
/// <param name="Events">The newest over all jobs, newest first.</param>
/// <param name="Trouble">The newest warnings and errors over all jobs, newest first.</param>
public sealed record OverviewModel(
    ReadinessView Readiness, IReadOnlyList<JobView> Running, IReadOnlyList<JobView> Recent, IReadOnlyList<QueueView> Queues,
    IReadOnlyList<WorkerView> Workers, long DeadLetters, FinishedHistory Finished, IReadOnlyList<EventView> Events,
    IReadOnlyList<EventView> Trouble);
