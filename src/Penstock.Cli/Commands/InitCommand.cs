using System.CommandLine;
using Penstock.Server.Workspaces;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock init</c></summary>
internal static class InitCommand
{
    private static readonly string[] KnownPipelines = ["proteins"];

    public static Command Create(CliContext cli)
    {
        Argument<string> folder = new("DIR") { Description = "Folder to make it in; default: here.", DefaultValueFactory = _ => "." };
        Option<string[]> pipelines = new("--pipelines")
        {
            Description = "Pipelines to run, separated by commas. Known: proteins.",
            HelpName = "NAMES",
            DefaultValueFactory = _ => KnownPipelines,
            CustomParser = result =>
            {
                string[] names = [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct()];
                if (names.Except(KnownPipelines).FirstOrDefault() is { } unknown)
                    result.AddError($"There is no pipeline '{unknown}'; known: {string.Join(", ", KnownPipelines)}.");
                return names;
            },
        };
        return new CliCommand("init", "Make a workspace: the folder with configuration, database, artifacts and logs.",
                "penstock init lab                     # a workspace in ./lab", "penstock init --pipelines proteins    # one here")
            .With(folder, pipelines)
            .Does(cli, (run, _) =>
            {
                Workspace workspace = Workspace.Create(run.FullPath(run.Required(folder)), run.Value(pipelines)!);
                run.Terminal.Result(
                    new { workspace = workspace.Root, config = workspace.ConfigFile },
                    () =>
                    {
                        run.Terminal.Line($"[green]✓[/] workspace {Markup.Escape(workspace.Root)}");
                        string at = Path.GetRelativePath(run.Environment.WorkingFolder, workspace.Root);
                        run.Terminal.Line($"  next: [bold]{(at == "." ? "" : $"cd {Markup.Escape(at)} && ")}penstock up[/]");
                    });
                return Task.FromResult(ExitCodes.Ok);
            });
    }
}
