using System.ComponentModel.DataAnnotations;

namespace Penstock.Engine.Storage;

/// <summary>When a worker counts as dead. Section <c>lease</c> of penstock.yaml.</summary>
public sealed class WorkerLeaseOptions
{
    /// <summary>A worker whose last heartbeat is older is dead and its units go to others. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Heartbeats go out this often. Default 5 s: two may fail before the lease is in doubt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:20:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A job that outlived this many workers is kept aside as a dead letter. Default 3.</summary>
    [Range(1, 100)]
    public int MaxDeaths { get; set; } = 3;
}
