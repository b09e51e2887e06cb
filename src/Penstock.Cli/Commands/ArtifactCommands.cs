using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Artifacts;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock artifacts</c></summary>
internal static class ArtifactCommands
{
    private const int PageSize = 500;

    public static Command Create(CliContext cli) =>
        new CliCommand("artifacts", "List, fetch and store files of the workspace.",
                "penstock artifacts list proteins/", "penstock artifacts get proteins/ontology/go.obo > go.obo")
            .With(List(cli), Get(cli), Put(cli));

    private static CliCommand List(CliContext cli)
    {
        Argument<string> prefix = new("PREFIX") { Description = "Beginning of the names.", DefaultValueFactory = _ => "" };
        return new CliCommand("list", "List artifacts by name.", "penstock artifacts list", "penstock artifacts list proteins/ --json")
            .With(prefix)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                List<ArtifactView> all = [];
                while (true)
                {
                    IReadOnlyList<ArtifactView> page = await connection.Client.ArtifactsAsync(
                        run.Value(prefix) ?? "", all.Count == 0 ? null : all[^1].Name, PageSize, cancellationToken);
                    all.AddRange(page);
                    if (page.Count < PageSize)
                        break;
                }
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(all, () => run.Terminal.Print(all, "No artifacts.",
                    new Column<ArtifactView>("NAME", artifact => artifact.Name) { Style = _ => "bold", ShrinksTo = 30 },
                    new Column<ArtifactView>("SIZE", artifact => Words.Bytes(artifact.SizeBytes)) { RightAligned = true },
                    new Column<ArtifactView>("AGE", artifact => Words.Age(artifact.CreatedAt, now)) { RightAligned = true },
                    new Column<ArtifactView>("SHA256", artifact => artifact.Sha256[..12]) { DropOrder = 1 }));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Get(CliContext cli)
    {
        Argument<string> name = new("NAME") { Description = "Name of the artifact." };
        Option<string?> output = new("--output", "-o") { Description = "File to write. Default: stdout.", HelpName = "FILE" };
        return new CliCommand("get", "Fetch an artifact.", "penstock artifacts get proteins/ontology/go.obo -o go.obo")
            .With(name, output)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                await using Stream content = await connection.Client.OpenArtifactAsync(run.Required(name), cancellationToken);
                await Download.SaveAsync(run, content, run.Value(output), cancellationToken);
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Put(CliContext cli)
    {
        Argument<string> file = new("FILE") { Description = "File to store." };
        Option<string?> name = new("--name") { Description = "Name in the workspace. Default: uploads/ and the file's name.", HelpName = "NAME" };
        Option<string> type = new("--type") { Description = "Media type.", HelpName = "TYPE", DefaultValueFactory = _ => "application/octet-stream" };
        return new CliCommand("put", "Store a file as an artifact.", "penstock artifacts put goa.gaf.gz --name proteins/goa_2024.gaf.gz")
            .With(file, name, type)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using FileStream content = File.OpenRead(run.FullPath(run.Required(file)));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                string target = run.Value(name) ?? $"uploads/{Path.GetFileName(content.Name)}";
                ArtifactView stored = await connection.Client.UploadArtifactAsync(target, content, run.Value(type)!, cancellationToken);
                run.Terminal.Result(stored, () => run.Terminal.Line(
                    $"[green]✓[/] {Markup.Escape(stored.Name)}  {Words.Bytes(stored.SizeBytes)}  [dim]sha256 {stored.Sha256}[/]"));
                return ExitCodes.Ok;
            });
    }
}
