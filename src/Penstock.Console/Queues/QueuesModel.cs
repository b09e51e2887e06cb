using Penstock.Client.Queues;
using Penstock.Client.Workers;

namespace Penstock.Console.Queues;

public sealed record QueuesModel(IReadOnlyList<QueueView> Queues, IReadOnlyList<WorkerView> Workers);
