using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Postgres.Moving;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Moving;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock db move</c></summary>
internal static class MoveCommand
{
    public static CliCommand Create(CliContext cli)
    {
        Argument<string> folder = new("FOLDER") { Description = "The embedded workspace to bring here. It is only read." };
        return new CliCommand("move", "Bring everything of an embedded workspace into this one, which is on PostgreSQL.",
                "penstock db move ../lab               # jobs, history, accounts, records, artifacts")
            {
                Remarks = "Copies the artifacts, then all rows in one transaction, and compares both before it commits. No server may run in either workspace, "
                    + "and the PostgreSQL database must be new. See docs/guides/scale-out.md.",
            }
            .With(folder)
            .Does(cli, async (run, cancellationToken) =>
            {
                Workspace target = run.Workspace();
                Workspace source = Workspace.Open(run.FullPath(run.Required(folder)));
                await using WebApplication app = DatabaseCommands.Compose(run, target);
                WorkspaceMove move = new(source, target, app.Services, run.Time);
                MoveReport report = await WatchAsync(run, tell => move.RunAsync(tell, cancellationToken));
                Tell(run, source, target, report);
                return ExitCodes.Ok;
            });
    }

    private static void Tell(CommandRun run, Workspace source, Workspace target, MoveReport report)
    {
        MovedTable[] filled = [.. report.Tables.Where(t => t.Rows > 0)];
        List<string> next = [];
        if (report.NeedsPayloadKeys)
            next.Add($"copy {source.PayloadKeyFile} to {target.PayloadKeyFile}: without it, payloads that are encrypted cannot be read");
        next.Add("take over what its penstock.yaml says about queues, operations, schedules and limits");
        next.Add("penstock up");
        next.Add($"keep {source.Root} until you are satisfied; do not start it again meanwhile, or its jobs run twice");
        run.Terminal.Result(
            new
            {
                source = source.Root,
                tables = report.Tables.Select(t => new { t.Table, t.Rows }).ToList(),
                rows = report.Tables.Sum(t => t.Rows),
                artifacts = report.Artifacts,
                next,
            },
            () =>
            {
                run.Terminal.Print(filled, "No table had any rows.",
                    new Column<MovedTable>("TABLE", t => t.Table) { Style = _ => "bold" },
                    new Column<MovedTable>("ROWS", t => Words.Count(t.Rows)) { RightAligned = true });
                string present = report.Artifacts.Copied == report.Artifacts.Count ? "" : $", {Words.Count(report.Artifacts.Count - report.Artifacts.Copied)} of them there before";
                run.Terminal.Line($"[green]✓[/] {Words.Plural(report.Tables.Sum(t => t.Rows), "row")}, {Words.Plural(report.Artifacts.Count, "artifact")} ({Words.Bytes(report.Artifacts.SizeBytes)}{present}), compared with the old workspace");
                foreach (string step in next)
                    run.Terminal.Line($"  next: {(step == "penstock up" ? $"[bold]{step}[/]" : Markup.Escape(step))}");
            });
    }

    /// <summary>A bar for each stage where somebody looks; elsewhere a line for each.</summary>
    private static async Task<MoveReport> WatchAsync(CommandRun run, Func<Action<MoveProgress>, Task<MoveReport>> move)
    {
        if (!run.Terminal.IsLive)
        {
            MoveStage? told = null;
            return await move(progress =>
            {
                if (told == progress.Stage)
                    return;
                told = progress.Stage;
                run.Terminal.Note($"{TitleOf(progress.Stage)}: {Words.Count(progress.Total)}");
            });
        }
        PaceColumn pace = new();
        Progress display = run.Terminal.Error.Progress().AutoClear(true).Columns(
            new SpinnerColumn(Spinner.Known.Dots), new TaskDescriptionColumn { Alignment = Justify.Left },
            new ProgressBarColumn { Width = Math.Clamp(run.Environment.Width - 60, 10, 40) }, new CountColumn(), pace);
        return await display.StartAsync(async context =>
        {
            Dictionary<MoveStage, (ProgressTask Task, RateMeter Meter)> bars = [];
            return await move(progress =>
            {
                if (!bars.TryGetValue(progress.Stage, out (ProgressTask Task, RateMeter Meter) bar))
                {
                    bars[progress.Stage] = bar = (context.AddTask(TitleOf(progress.Stage), maxValue: Math.Max(progress.Total, 1)), new RateMeter(run.Time));
                    pace.Attach(bar.Task, bar.Meter);
                }
                bar.Meter.Observe(progress.Done);
                bar.Task.Description = Markup.Escape(progress.Done == progress.Total ? TitleOf(progress.Stage) : progress.What);
                bar.Task.Value = progress.Done;
            });
        });
    }

    private static string TitleOf(MoveStage stage) => stage switch
    {
        MoveStage.Artifacts => "copying artifacts",
        MoveStage.Rows => "writing rows",
        _ => "comparing rows",
    };
}
