using System.ComponentModel.DataAnnotations;

namespace Penstock.Engine.Workers;

/// <summary>How this process takes jobs. Section <c>worker</c> of penstock.yaml; variable <c>PENSTOCK_WORKER__SLOTS</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>Units run at once. Default: one per processor, at least 2. Raise it for work that mostly waits on the network.</summary>
    [Range(1, 1_024)]
    public int Slots { get; set; } = Math.Max(Environment.ProcessorCount, 2);

    /// <summary>Queues this worker takes from; empty: every queue of the program.</summary>
    public IList<string> Queues { get; } = [];

    /// <summary>Looks for work this often even if nothing wakes it. Default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>On shutdown, running units have this long to finish before they are released. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "24:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Units claimed ahead of free slots while operations are quick; 0 switches it off. Default 100.</summary>
    [Range(0, 10_000)]
    public int PrefetchMax { get; set; } = 100;

    /// <summary>For people to tell workers apart, such as <c>gpu=a100</c>; shown, and used for nothing else.</summary>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Ends the whole process once an operator drained its worker: for processes that only work. Default: it stays, without one.</summary>
    public bool EndsHostWhenDrained { get; set; }
}
