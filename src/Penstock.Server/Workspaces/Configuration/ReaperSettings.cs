namespace Penstock.Server.Workspaces.Configuration;

/// <summary>A running job fails as <c>JobTimeout</c> when it runs longer than the first and is silent longer than the second.</summary>
public sealed class ReaperSettings
{
    [Setting("main_timeout_seconds", "A job that runs longer may be reaped.", Min = 1, Max = 31_536_000)]
    public TimeSpan MainTimeout { get; set; } = TimeSpan.FromSeconds(21_600);

    [Setting("stall_seconds", "A job with an event within this time is alive, however long it runs.", Min = 1, Max = 31_536_000)]
    public TimeSpan Stall { get; set; } = TimeSpan.FromSeconds(1_800);

    [Setting("interval_seconds", "How often the reaper looks.", Min = 1, Max = 3600)]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(60);
}
