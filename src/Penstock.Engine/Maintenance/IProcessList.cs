using System.ComponentModel;
using System.Diagnostics;

namespace Penstock.Engine.Maintenance;

/// <summary>Which processes of this host live: a worker killed here needs no lease to run out.</summary>
public interface IProcessList
{
    string Host { get; }

    /// <param name="registeredAt">A process that started after this is another one with the same number.</param>
    bool IsAlive(int processId, DateTimeOffset registeredAt);
}

internal sealed class HostProcessList : IProcessList
{
    public string Host => Environment.MachineName;

    public bool IsAlive(int processId, DateTimeOffset registeredAt)
    {
        try
        {
            using Process process = Process.GetProcessById(processId);
            // A second of slack: start times are rounded to clock ticks.
            return process.StartTime.ToUniversalTime() <= registeredAt.UtcDateTime.AddSeconds(1);
        }
        catch (ArgumentException)
        {
            return false; // No such process.
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException)
        {
            return true; // Not allowed to look, or gone this instant: the lease decides.
        }
    }
}
