using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.Chaos;

/// <summary>What was asked of one job.</summary>
internal sealed record Plan(int Number, string Operation, string Queue, string Payload)
{
    /// <summary>More often than a unit may fail: it fails for good.</summary>
    public const int AlwaysFails = 1_000;

    public bool FailsForGood { get; init; }

    /// <summary>The resource it needs a unit of; null: none.</summary>
    public string? Needs { get; init; }

    /// <summary>Of a batch, and how many of them fail for good.</summary>
    public int Items { get; init; }
    public int FailedItems { get; init; }

    /// <summary>When it was first asked to be cancelled, of the monotonic clock; null: never.</summary>
    public long? CancelledAt { get; init; }

    public NewJob ToJob(Guid id) => new(Operation, Payload)
    {
        Id = id, QueueName = Queue, Resources = Needs is null ? null : new Dictionary<string, int> { [Needs] = 1 },
    };
}

/// <summary>Decides what the next job does, so that the slots are busy for a planned part of the time.</summary>
internal sealed class Planner(Arguments arguments, Random random)
{
    /// <summary>How much of all slots the jobs keep busy: enough that a kill nearly always cuts some off.</summary>
    private const double Busy = 0.5;

    /// <summary>How much of its own time a limited queue has work.</summary>
    private const double BusyLimited = 0.3;

    /// <summary>The part of the jobs that store a file, where there is a server for it.</summary>
    private const double Storing = 0.1;

    private const int BatchItems = 20;
    private const int FewFailedItems = 2;
    private const int ManyFailedItems = 8;

    /// <summary>A batch counts as many times as it has items.</summary>
    private readonly double _unitsPerJob = 1 + arguments.Batches * BatchItems;

    public Plan Next(int number)
    {
        int milliseconds = random.Next(2 * MeanMilliseconds + 1);
        if (random.NextDouble() < arguments.Batches)
            return PlanBatch(number, milliseconds);
        if (arguments.Servers.Contains(Servers.OfArtifacts) && random.NextDouble() < Storing)
            return new Plan(number, StoringOperation.Name, ChaosServices.FreeQueue, PayloadJson.Write(new StoringOperation.Payload(number, milliseconds)));
        double fate = random.NextDouble();
        int failures = fate < arguments.Failures / 2 ? Plan.AlwaysFails : fate < arguments.Failures * 3 / 2 ? 1 : 0;
        string? limit = NextLimit();
        bool limitsQueue = limit is not null && ChaosServices.LimitedQueues.ContainsKey(limit);
        string payload = PayloadJson.Write(new ChaosOperation.Payload(number, milliseconds, failures));
        return new Plan(number, ChaosOperation.Name, limitsQueue ? limit! : ChaosServices.FreeQueue, payload)
        {
            FailsForGood = failures == Plan.AlwaysFails, Needs = limitsQueue ? null : limit,
        };
    }

    private int Slots => arguments.Workers * arguments.Slots;

    private int MeanMilliseconds =>
        (int)Math.Min(Busy * Slots * arguments.Duration.TotalMilliseconds / (arguments.Jobs * _unitsPerJob), 2_000);

    /// <summary>Half of the batches are well, a quarter succeeds in spite of some failed items, a quarter fails.</summary>
    private Plan PlanBatch(int number, int milliseconds)
    {
        int failed = random.Next(4) switch { 0 => FewFailedItems, 1 => ManyFailedItems, _ => 0 };
        string payload = PayloadJson.Write(new BatchOperation.Payload(number, milliseconds, BatchItems, failed));
        return new Plan(number, BatchOperation.Name, ChaosServices.FreeQueue, payload)
        {
            Items = BatchItems, FailedItems = failed, FailsForGood = failed >= BatchOperation.FailureRatio * BatchItems,
        };
    }

    /// <summary>A limited queue or a resource for some jobs, so that each is busy the same part of its time; null for the others.</summary>
    private string? NextLimit()
    {
        double place = random.NextDouble();
        foreach ((string name, int max) in ChaosServices.Limits)
        {
            place -= max * BusyLimited / (Busy * Slots) * _unitsPerJob;
            if (place < 0)
                return name;
        }
        return null;
    }
}
