namespace Penstock.Server.Workspaces.Configuration;

public sealed class RetentionSettings
{
    [Setting("finished_days", "Finished jobs and their history are deleted after this long.", Min = 0.01, Max = 36_500)]
    public TimeSpan Finished { get; set; } = TimeSpan.FromDays(30);
}
