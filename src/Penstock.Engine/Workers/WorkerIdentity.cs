using System.Diagnostics;

namespace Penstock.Engine.Workers;

/// <summary>Where a worker runs, so that people find it and its neighbours know when it is gone.</summary>
public sealed class WorkerIdentity(IdGenerator ids, string host, int processId, DateTimeOffset processStartedAt)
{
    public string Host { get; } = host;
    public int ProcessId { get; } = processId;
    public DateTimeOffset ProcessStartedAt { get; } = processStartedAt;

    /// <summary>Never used twice: a worker that was taken for dead comes back under another name.</summary>
    public string NewWorkerId() => $"{Host}-{ProcessId}-{ids.NewId().ToString("N")[^8..]}";

    public static WorkerIdentity OfThisProcess(IdGenerator ids)
    {
        using Process self = Process.GetCurrentProcess();
        return new WorkerIdentity(ids, Environment.MachineName, self.Id, new DateTimeOffset(self.StartTime.ToUniversalTime(), TimeSpan.Zero));
    }
}
