using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary>The commands that look things up in the catalogue.</summary>
internal static class LookupCommands
{
    public static IEnumerable<Command> All(CliContext cli) => [Search(cli), Show(cli), Predictions(cli)];

    private static CliCommand Search(CliContext cli)
    {
        Argument<string?> text = new("TEXT") { Description = "Part of an accession, entry name, gene or organism.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> reviewed = new("--reviewed") { Description = "Only reviewed entries." };
        Option<bool> isoforms = new("--isoforms") { Description = "Also isoforms." };
        Option<int> limit = new("--limit") { Description = "How many, 1 to 500. Default: 20.", HelpName = "N", DefaultValueFactory = _ => 20 };
        return new CliCommand("search", "Find proteins.", "penstock proteins search kinase", "penstock proteins search P04637 --json")
            .With(text, reviewed, isoforms, limit)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinQuery query = new(run.Value(text), run.Value(reviewed) ? true : null, !run.Value(isoforms), run.Value(limit));
                OffsetPage<ProteinSummary> page = await new ProteinsClient(connection.Client).ProteinsAsync(query, cancellationToken);
                run.Terminal.Result(page, () =>
                {
                    run.Terminal.Print(page.Items, "No protein matches.",
                        new Column<ProteinSummary>("ACCESSION", protein => protein.Accession) { Style = _ => "bold" },
                        new Column<ProteinSummary>("ENTRY", protein => protein.EntryName ?? "") { DropOrder = 1 },
                        new Column<ProteinSummary>("GENE", protein => protein.GeneName ?? ""),
                        new Column<ProteinSummary>("ORGANISM", protein => protein.Organism ?? "") { ShrinksTo = 12 },
                        new Column<ProteinSummary>("LENGTH", protein => protein.Length is { } length ? $"{length}" : "") { RightAligned = true },
                        new Column<ProteinSummary>("REVIEWED", protein => protein.Reviewed is { } yes ? yes ? "yes" : "no" : "") { DropOrder = 2 });
                    if (page.Total > page.Items.Count)
                        run.Terminal.Note($"{page.Items.Count} of {Words.Count(page.Total)}");
                });
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> accession = new("ACC") { Description = "Accession." };
        return new CliCommand("show", "Show a protein with its annotations.", "penstock proteins show P04637")
            .With(accession)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinsClient client = new(connection.Client);
                ProteinDetail protein = await client.ProteinAsync(run.Required(accession), cancellationToken);
                IReadOnlyList<ProteinAnnotation> annotations = await client.ProteinAnnotationsAsync(protein.Accession, null, cancellationToken);
                run.Terminal.Result(new { protein, annotations }, () =>
                {
                    run.Terminal.PrintFields(
                        ("protein", protein.Accession, "bold"),
                        ("entry", protein.EntryName, null),
                        ("gene", protein.GeneName, null),
                        ("organism", protein.Organism is null ? null : $"{protein.Organism} (taxon {protein.TaxonomyId})", null),
                        ("reviewed", protein.Reviewed is { } yes ? yes ? "yes" : "no" : null, null),
                        ("length", protein.Length is { } length ? Words.Plural(length, "residue") : null, null),
                        ("isoform of", protein.IsCanonical ? null : protein.CanonicalAccession, null),
                        ("isoforms", protein.Isoforms.Count == 0 ? null : string.Join(", ", protein.Isoforms), null),
                        ("embeddings", Words.Count(protein.EmbeddingCount), null));
                    run.Terminal.Line();
                    run.Terminal.Print(annotations, "No annotations.",
                        new Column<ProteinAnnotation>("TERM", entry => entry.GoId) { Style = _ => "bold" },
                        new Column<ProteinAnnotation>("ASPECT", entry => entry.Aspect ?? ""),
                        new Column<ProteinAnnotation>("NAME", entry => entry.Name) { ShrinksTo = 16 },
                        new Column<ProteinAnnotation>("QUALIFIER", entry => entry.Qualifier ?? "") { DropOrder = 2, Style = entry => entry.Qualifier?.StartsWith("NOT", StringComparison.Ordinal) == true ? "red" : null },
                        new Column<ProteinAnnotation>("EVIDENCE", entry => entry.EvidenceCode),
                        new Column<ProteinAnnotation>("SET", entry => $"{entry.AnnotationSetSource} {entry.AnnotationSetVersion}") { DropOrder = 1 });
                });
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Predictions(CliContext cli)
    {
        Argument<string> accession = new("ACC") { Description = "Accession of the query." };
        Option<string?> set = new("--predictions") { Description = $"Prediction set. {Sets.NameHelp}", HelpName = "ID" };
        return new CliCommand("predictions", "Show what is predicted for one protein, nearest first.", "penstock proteins predictions P04637")
            .With(accession, set)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinsClient client = new(connection.Client);
                PredictionSet from = await new Sets(client, cancellationToken).PredictionsAsync(run.Value(set));
                IReadOnlyList<Prediction> predictions = await client.PredictionsAsync(from.Id, run.Required(accession), cancellationToken);
                run.Terminal.Result(predictions, () => PrintPredictions(run, predictions));
                return ExitCodes.Ok;
            });
    }

    public static void PrintPredictions(CommandRun run, IReadOnlyList<Prediction> predictions) => run.Terminal.Print(predictions, "No predictions.",
        new Column<Prediction>("PROTEIN", entry => entry.ProteinAccession) { Style = _ => "bold", ShrinksTo = 10 },
        new Column<Prediction>("TERM", entry => entry.GoId),
        new Column<Prediction>("ASPECT", entry => entry.Aspect ?? ""),
        new Column<Prediction>("NAME", entry => entry.Name) { ShrinksTo = 16 },
        new Column<Prediction>("SCORE", entry => $"{entry.Score:0.000}") { RightAligned = true },
        new Column<Prediction>("FROM", entry => entry.RefProteinAccession) { ShrinksTo = 8 },
        new Column<Prediction>("EVIDENCE", entry => entry.EvidenceCode) { DropOrder = 1 });
}
