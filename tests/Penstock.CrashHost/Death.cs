using System.Diagnostics;

namespace Penstock.CrashHost;

/// <summary>Ends this process as a power cut would, the n-th time it comes to a named point.</summary>
internal sealed class Death(string? point, int occurrence)
{
    private int _seen;

    public void At(string here)
    {
        if (here != point || Interlocked.Increment(ref _seen) != occurrence)
            return;
        Kill();
    }

    /// <summary>SIGKILL: no code of this process runs any more.</summary>
    public static void Kill()
    {
        using Process self = Process.GetCurrentProcess();
        self.Kill();
        using ManualResetEventSlim never = new();
        never.Wait();
    }
}
