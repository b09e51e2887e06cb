namespace Penstock.Server.Workspaces.Configuration;

public sealed class WorkerSettings
{
    [Setting("slots", "Jobs run at once. Default: one per processor. Raise it for work that mostly waits.", Min = 1, Max = 1024)]
    public int Slots { get; set; } = Environment.ProcessorCount;

    [Setting("lease_seconds", "How long a claim holds without a heartbeat; heartbeats go out every third of it.", Min = 3, Max = 3600)]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    [Setting("queues", "Queues this process takes jobs from. Empty: every queue.")]
    public IReadOnlyList<string> Queues { get; set; } = [];

    [Setting("labels", "Notes on this process for people, such as gpu=a100; shown, and used for nothing else.")]
    public IReadOnlyList<string> Labels { get; set; } = [];

    [Setting("drain_seconds", "How long a stopping process lets running jobs finish before it releases them.", Min = 0, Max = 86_400)]
    public TimeSpan Drain { get; set; } = TimeSpan.FromSeconds(30);
}
