using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Proteins;
using Spectre.Console;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins query-sets</c></summary>
internal static class QuerySetCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("query-sets", "Upload and list sequences to predict functions for.", "penstock proteins query-sets create my.fasta").With(CreateSet(cli), List(cli), Delete(cli));

    private static CliCommand CreateSet(CliContext cli)
    {
        Argument<string> file = new("FILE") { Description = "FASTA, plain or gzip." };
        Option<string?> name = new("--name") { Description = "Default: the file's name.", HelpName = "TEXT" };
        Option<string?> description = new("--description") { Description = "A remark.", HelpName = "TEXT" };
        return new CliCommand("create", "Upload a FASTA file as a query set.", "penstock proteins query-sets create my.fasta --name \"new isolates\"")
            .With(file, name, description)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using FileStream fasta = File.OpenRead(run.FullPath(run.Required(file)));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                QuerySet set = await new ProteinsClient(connection.Client).CreateQuerySetAsync(
                    run.Value(name) ?? Path.GetFileName(fasta.Name), run.Value(description), fasta, cancellationToken);
                run.Terminal.Result(set, () => run.Terminal.Line(
                    $"[green]✓[/] query set [bold]{set.Id}[/] {Markup.Escape(set.Name)} with {Words.Plural(set.EntryCount, "sequence")}"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand List(CliContext cli) =>
        new CliCommand("list", "List query sets.", "penstock proteins query-sets list")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<QuerySet> sets = await new ProteinsClient(connection.Client).QuerySetsAsync(cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(sets, () => run.Terminal.Print(sets, "No query sets. Upload one with 'penstock proteins query-sets create FILE'.",
                    new Column<QuerySet>("SET", set => run.Terminal.Width >= 140 ? set.Id.ToString() : JobIds.Short(set.Id)) { Style = _ => "bold" },
                    new Column<QuerySet>("NAME", set => set.Name) { ShrinksTo = 16 },
                    new Column<QuerySet>("SEQUENCES", set => Words.Count(set.EntryCount)) { RightAligned = true },
                    new Column<QuerySet>("AGE", set => Words.Age(set.CreatedAt, now)) { RightAligned = true },
                    new Column<QuerySet>("DESCRIPTION", set => set.Description ?? "") { ShrinksTo = 12, DropOrder = 1 }));
                return ExitCodes.Ok;
            });

    private static CliCommand Delete(CliContext cli)
    {
        Argument<string> name = new("SET") { Description = "Id, its end, or 'last'." };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        return new CliCommand("delete", "Delete a query set.", "penstock proteins query-sets delete last --yes")
            .With(name, yes)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinsClient client = new(connection.Client);
                QuerySet set = await new Sets(client, cancellationToken).QueriesAsync(run.Required(name));
                if (!run.Terminal.Confirm($"Delete query set {set.Name} with {Words.Plural(set.EntryCount, "sequence")}?", run.Value(yes)))
                    return ExitCodes.Refused;
                DeletedQuerySet deleted = await client.DeleteQuerySetAsync(set.Id, cancellationToken);
                run.Terminal.Result(deleted, () => run.Terminal.Line($"[green]✓[/] deleted {deleted.Deleted}"));
                return ExitCodes.Ok;
            });
    }
}
