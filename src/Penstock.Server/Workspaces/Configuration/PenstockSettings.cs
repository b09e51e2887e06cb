namespace Penstock.Server.Workspaces.Configuration;

/// <summary>Every setting of a workspace, typed. The keys in <c>penstock.yaml</c> are those of the attributes, section by section.</summary>
public sealed class PenstockSettings
{
    [Setting("pipelines", "Pipelines this workspace runs.", OneOf = ["proteins"])]
    public IReadOnlyList<string> Pipelines { get; set; } = ["proteins"];

    [Setting("server", "The HTTP server.")]
    public ServerSettings Server { get; set; } = new();

    [Setting("worker", "How this process takes jobs.")]
    public WorkerSettings Worker { get; set; } = new();

    [Setting("store", "Where jobs and records are kept.")]
    public StoreSettings Store { get; set; } = new();

    [Setting("transport", "What wakes workers in other processes.")]
    public TransportSettings Transport { get; set; } = new();

    [Setting("reaper", "When a running job counts as stale.")]
    public ReaperSettings Reaper { get; set; } = new();

    [Setting("retention", "How long finished things are kept.")]
    public RetentionSettings Retention { get; set; } = new();

    [Setting("security", "What is shown to whom.")]
    public SecuritySettings Security { get; set; } = new();

    [Setting("artifacts", "Where files are kept.")]
    public ArtifactSettings Artifacts { get; set; } = new();

    [Setting("logs", "The log files in logs/.")]
    public LogSettings Logs { get; set; } = new();

    [Setting("proteins", "The protein function pipeline.")]
    public ProteinSettings Proteins { get; set; } = new();

    /// <summary>Overrides of declared queues, and queues of one's own. Set in <c>penstock.yaml</c> only.</summary>
    public IReadOnlyList<QueueSettings> Queues { get; set; } = [];

    /// <summary>Operations of one's own: programs of the system, and those of remote workers. Set in <c>penstock.yaml</c> only.</summary>
    public IReadOnlyList<OperationSettings> Operations { get; set; } = [];

    /// <summary>What operations may need besides a slot. Set in <c>penstock.yaml</c> only.</summary>
    public IReadOnlyList<ResourceSettings> Resources { get; set; } = [];

    /// <summary>Jobs by the clock. Set in <c>penstock.yaml</c> only.</summary>
    public IReadOnlyList<ScheduleSettings> Schedules { get; set; } = [];
}
