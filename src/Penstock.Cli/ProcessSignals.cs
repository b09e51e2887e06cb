using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Penstock.Cli;

/// <summary>Asks another process to end.</summary>
internal static class ProcessSignals
{
    private const int SigTerm = 15;
    private const int NoSuchProcess = 3;

    /// <summary>One that is gone already is no error.</summary>
    public static void Terminate(int pid)
    {
        if (OperatingSystem.IsWindows())
            throw new UsageException($"On Windows, stop the server in its own window (process {pid}).");
        if (Kill(pid, SigTerm) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new IOException($"Process {pid} cannot be signalled: {new Win32Exception(error).Message}.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
