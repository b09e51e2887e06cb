using Penstock.Client.Queues;
using Penstock.Client.Resources;

namespace Penstock.Console.Queues;

/// <param name="Keys">Concurrency keys of this queue that somebody holds or waits for.</param>
public sealed record QueueModel(QueueView Queue, PurgeReply Purge, IReadOnlyList<ResourceView> Keys);
