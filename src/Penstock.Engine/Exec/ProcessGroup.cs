using System.Runtime.InteropServices;

namespace Penstock.Engine.Exec;

/// <summary>A program and everything it started: the processes of its session, and those that left it but carry its mark.</summary>
/// <param name="Id">Of the first process, its group and its session, which are one number.</param>
/// <param name="StartTicks">Of the first process, so that a later process with its number is not taken for it.</param>
/// <param name="RunId">Value of <see cref="MarkVariable"/> in the environment of every process of it.</param>
internal sealed record ProcessGroup(int Id, long StartTicks, string RunId)
{
    public const string MarkVariable = "PENSTOCK_RUN_ID";

    public const int Terminate = 15;
    public const int Kill = 9;

    /// <summary>Living processes of it; an ended one that nobody waited for does not count.</summary>
    public List<ProcessEntry> Members()
    {
        // Its number is in use again once the first process has ended and left nobody behind in its session.
        bool isOurs = ProcessEntry.Find(Id) is not { } leader || leader.StartTicks == StartTicks;
        return [.. ProcessEntry.All().Where(process => !process.IsZombie && process.StartTicks >= StartTicks
            && ((isOurs && process.Session == Id) || process.HasVariable($"{MarkVariable}={RunId}")))];
    }

    /// <summary>Sends a signal to all of it.</summary>
    /// <returns>How many processes were there.</returns>
    public int Signal(int signal)
    {
        List<ProcessEntry> members = Members();
        // The group in one call: a process that forks meanwhile cannot slip through.
        if (members.Exists(process => process.Session == Id))
            _ = SendSignal(-Id, signal);
        foreach (ProcessEntry process in members)
            _ = SendSignal(process.Id, signal);
        return members.Count;
    }

    /// <summary>Ends all of it, also what it forks while it is being ended.</summary>
    public int KillAll()
    {
        const int RoundsMax = 20;
        int killed = 0;
        for (int round = 0; round < RoundsMax && Signal(Kill) is > 0 and int found; round++)
            killed = Math.Max(killed, found);
        return killed;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
