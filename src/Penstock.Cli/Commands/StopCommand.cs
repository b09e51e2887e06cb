using System.CommandLine;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock stop</c></summary>
internal static class StopCommand
{
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
                ProcessSignals.Terminate(record.Pid);
                bool hurried = false;
                while (WorkspaceLock.IsHeld(workspace))
                {
                    await Task.Delay(PollInterval, run.Time, cancellationToken);
                    // The second signal counts only once the first one was taken: the record goes with it.
                    if (run.Value(now) && !hurried && !File.Exists(workspace.ServerFile))
                    {
                        ProcessSignals.Terminate(record.Pid);
                        hurried = true;
                    }
                }
                run.Terminal.Result(
                    new { stopped = true, record.Pid },
                    () => run.Terminal.Line($"[green]✓[/] stopped process {record.Pid} after {Words.Of(run.Time.GetElapsedTime(began))}"));
                return ExitCodes.Ok;
            });
    }
}
