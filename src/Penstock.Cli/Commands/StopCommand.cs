using System.ComponentModel;
using System.CommandLine;
using System.Runtime.InteropServices;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock stop</c></summary>
internal static class StopCommand
{
    private const int SigTerm = 15;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public static Command Create(CliContext cli)
    {
        Option<bool> now = new("--now") { Description = "Do not let running jobs finish; they run again later." };
        return new CliCommand("stop", "Stop the workspace's server and wait until it has ended.", "penstock stop", "penstock stop --now")
            .With(now)
            .Does(cli, async (run, cancellationToken) =>
            {
                if (run.RemoteAddress() is not null)
                    throw new UsageException("Only a server of a workspace on this machine can be stopped; leave --url and PENSTOCK_URL away.");
                Workspace workspace = run.Workspace();
                if (ServerRecord.TryRead(workspace) is not { } record)
                {
                    run.Terminal.Result(new { stopped = false }, () => run.Terminal.Line("No server is running."));
                    return ExitCodes.Ok;
                }
                long began = run.Time.GetTimestamp();
                Signal(record.Pid);
                bool hurried = false;
                while (WorkspaceLock.IsHeld(workspace))
                {
                    await Task.Delay(PollInterval, run.Time, cancellationToken);
                    // The second signal counts only once the first one was taken: the record goes with it.
                    if (run.Value(now) && !hurried && !File.Exists(workspace.ServerFile))
                    {
                        Signal(record.Pid);
                        hurried = true;
                    }
                }
                run.Terminal.Result(
                    new { stopped = true, record.Pid },
                    () => run.Terminal.Line($"[green]✓[/] stopped process {record.Pid} after {Words.Of(run.Time.GetElapsedTime(began))}"));
                return ExitCodes.Ok;
            });
    }

    private static void Signal(int pid)
    {
        if (OperatingSystem.IsWindows())
            throw new UsageException($"On Windows, stop the server in its own window (process {pid}).");
        const int NoSuchProcess = 3;
        if (Kill(pid, SigTerm) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new IOException($"Process {pid} cannot be signalled: {new Win32Exception(error).Message}.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
