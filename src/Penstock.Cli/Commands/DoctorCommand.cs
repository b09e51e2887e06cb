using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Doctor;
using Penstock.Cli.Output;
using Penstock.Client.Errors;
using Penstock.Client.Health;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock doctor</c></summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext cli) =>
        new CliCommand("doctor", "Check everything a workspace needs, and say what to do about what is missing.", "penstock doctor", "penstock doctor --json")
        {
            Remarks = "Changes nothing; where artifacts are on an S3 server, it writes, reads and deletes an object of its own there. The exit code is 1 when a check found an error.",
        }
            .Does(cli, async (run, cancellationToken) =>
            {
                List<Finding> findings = [MachineChecks.Runtime(), .. await OfWorkspaceAsync(run, cancellationToken)];
                bool failed = findings.Exists(finding => finding.Status == "error");
                run.Terminal.Result(new { status = failed ? "error" : "ok", findings }, () => Print(run, findings));
                return failed ? ExitCodes.Failed : ExitCodes.Ok;
            });

    private static async Task<IReadOnlyList<Finding>> OfWorkspaceAsync(CommandRun run, CancellationToken cancellationToken)
    {
        Workspace workspace;
        try
        {
            workspace = run.Workspace();
        }
        catch (WorkspaceNotFoundException error)
        {
            return [Finding.Error("workspace", error.Message, "penstock init")];
        }
        EffectiveConfiguration configuration;
        try
        {
            configuration = EffectiveConfiguration.Load(workspace, run.Environment.Variables, []);
        }
        catch (ConfigInvalidException error)
        {
            return [WorkspaceChecks.Folder(workspace), .. error.Problems.Select(problem => Finding.Error("configuration", problem.ToString(), $"edit {workspace.ConfigFile}"))];
        }
        return
        [
            WorkspaceChecks.Folder(workspace),
            WorkspaceChecks.Configuration(configuration),
            WorkspaceChecks.Secrets(workspace),
            MachineChecks.Disk(workspace),
            .. await new DatabaseChecks(run, workspace, configuration).RunAsync(cancellationToken),
            await new ArtifactCheck(run, workspace, configuration).RunAsync(cancellationToken),
            await TransportChecks.RunAsync(workspace, configuration, cancellationToken),
            .. await ServerAsync(run, workspace, configuration, cancellationToken),
        ];
    }

    private static async Task<IReadOnlyList<Finding>> ServerAsync(
        CommandRun run, Workspace workspace, EffectiveConfiguration configuration, CancellationToken cancellationToken)
    {
        if (ServerRecord.TryRead(workspace) is not { } record)
            return [Finding.Ok("server", "not running; 'penstock up' starts it"), MachineChecks.Port(configuration)];
        try
        {
            await using ServerConnection connection = run.ConnectRunning()!;
            ReadinessView readiness = await connection.Client.ReadinessAsync(cancellationToken);
            string detail = $"pid {record.Pid} at {connection.Client.Http.BaseAddress}, up {Words.Of(run.Time.GetUtcNow() - record.StartedAt)}";
            return readiness.Status == "ready"
                ? [Finding.Ok("server", detail)]
                : [.. readiness.Checks.Where(check => !check.Ready).Select(check => Finding.Error("server", $"{detail}: {check.Name} is not ready", check.Detail))];
        }
        catch (Exception error) when (error is ServerUnreachableException or HttpRequestException)
        {
            return [Finding.Error("server", $"pid {record.Pid} runs, but does not answer: {error.Message}", $"See {workspace.LogFolder}, then stop it with: kill {record.Pid}")];
        }
    }

    private static void Print(CommandRun run, List<Finding> findings)
    {
        int label = findings.Max(finding => finding.Check.Length);
        string indent = new(' ', label + 4);
        foreach (Finding finding in findings)
        {
            string mark = finding.Status switch { "ok" => "[green]✓[/]", "warning" => "[yellow]![/]", _ => "[red]✗[/]" };
            Print(run, $"{mark} {finding.Check.PadRight(label)}  ", finding.Detail, indent);
            if (finding.Advice is not null)
                Print(run, $"{indent}[dim]→[/] ", finding.Advice, indent + "  ");
        }
    }

    private static void Print(CommandRun run, string begin, string text, string indent)
    {
        IReadOnlyList<string> lines = TextLines.Of(text, Math.Max(20, run.Terminal.Width - indent.Length));
        for (int i = 0; i < lines.Count; i++)
            run.Terminal.Line((i == 0 ? begin : indent) + Markup.Escape(lines[i]));
    }
}
