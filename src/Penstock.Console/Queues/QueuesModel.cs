using Penstock.Client.Queues;
using Penstock.Client.Resources;
using Penstock.Client.Workers;

namespace Penstock.Console.Queues;

public sealed record QueuesModel(
    IReadOnlyList<QueueView> Queues, IReadOnlyList<ResourceView> Resources, IReadOnlyList<WorkerView> Workers);
