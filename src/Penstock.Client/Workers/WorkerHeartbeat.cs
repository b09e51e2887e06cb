namespace Penstock.Client.Workers;

/// <summary>A worker's sign of life.</summary>
public sealed record WorkerHeartbeat
{
    /// <summary>Keys of all units the worker holds.</summary>
    public IReadOnlyList<string> Holding { get; init; } = [];

    /// <summary>The heartbeat counts at once; the answer waits this long for the loss of a unit (a cancellation, say). 0 to 30.</summary>
    public double WaitSeconds { get; init; }

    /// <summary>The worker takes no more units.</summary>
    public bool Draining { get; init; }
}

/// <summary>What became of it.</summary>
/// <param name="Known">False: the worker was taken for dead. It must stop all its work and register anew.</param>
/// <param name="Lost">Units it holds no more: their work must stop, nothing of it can be stored.</param>
/// <param name="Draining">It is to take no more units, finish what it has, and end.</param>
public sealed record HeartbeatReply(bool Known, IReadOnlyList<string> Lost, bool Draining);
