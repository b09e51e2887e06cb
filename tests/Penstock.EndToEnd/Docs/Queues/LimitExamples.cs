using Penstock.Engine;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.EndToEnd.Docs.Queues;

/// <summary>The code of docs/guides/queues.md.</summary>
internal static class LimitExamples
{
    public static void Declare<TTrain>(PenstockBuilder builder)
        where TTrain : class, IOperation
    {
        #region declare
        builder
            .AddResource("gpu:0", capacity: 1)
            .AddResource("uniprot", capacity: 4, new RateLimit(100, TimeSpan.FromMinutes(1)))
            .AddQueue(new QueueDefinition("training", MaxRunning: 8)
            {
                MaxRunningPerKey = 1,
                Rate = new RateLimit(20, TimeSpan.FromSeconds(10)),
            })
            .AddOperation<TTrain>("train", "training", "Trains one model.", resources: new Dictionary<string, int> { ["gpu:0"] = 1 });
        #endregion
    }

    public static async Task EnqueueAsync(IJobClient client, CancellationToken cancellationToken)
    {
        #region enqueue
        await client.EnqueueAsync(
            new NewJob("train", """{"model": "go-2026"}""")
            {
                ConcurrencyKey = "customer-7", // One at a time for this customer: the queue's MaxRunningPerKey.
                Resources = new Dictionary<string, int> { ["uniprot"] = 2 }, // On top of the operation's own.
            },
            cancellationToken);
        #endregion
    }

    public static async Task SteerAsync(QueueControl queues, Guid jobId, CancellationToken cancellationToken)
    {
        #region steer
        await queues.PauseAsync("training", by: "ada", reason: "new driver", cancellationToken);
        await queues.ReprioritiseAsync(jobId, priority: 10, by: "ada", cancellationToken);
        await queues.ResumeAsync("training", cancellationToken);
        #endregion
    }
}
