using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins status</c>: what is loaded and made so far.</summary>
internal static class StatusCommand
{
    public static Command Create(CliContext cli) =>
        new CliCommand("status", "Show what is loaded and made: ontologies, proteins, annotations, models, predictions, evaluations.", "penstock proteins status")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinsClient client = new(connection.Client);
                ProteinStats stats = await client.StatsAsync(cancellationToken);
                IReadOnlyList<OntologySnapshot> ontologies = await client.SnapshotsAsync(cancellationToken);
                IReadOnlyList<AnnotationSet> annotations = await client.AnnotationSetsAsync(null, cancellationToken);
                IReadOnlyList<EmbeddingConfig> models = await client.EmbeddingConfigsAsync(cancellationToken);
                IReadOnlyList<QuerySet> queries = await client.QuerySetsAsync(cancellationToken);
                IReadOnlyList<PredictionSet> predictions = await client.PredictionSetsAsync(cancellationToken);
                IReadOnlyList<EvaluationSet> evaluations = await client.EvaluationSetsAsync(cancellationToken);
                run.Terminal.Result(new { proteins = stats, ontologies, annotation_sets = annotations, embedding_configs = models, query_sets = queries, prediction_sets = predictions, evaluation_sets = evaluations }, () =>
                {
                    List<Row> rows =
                    [
                        .. ontologies.Select(set => new Row("ontology", set.Id, set.OboVersion, set.LoadedAt, Words.Plural(set.GoTermCount, "term"))),
                        .. annotations.Select(set => new Row("annotations", set.Id, $"{set.Source} {set.SourceVersion}", set.CreatedAt, Words.Plural(set.AnnotationCount, "annotation"))),
                        .. models.Select(config => new Row("model", config.Id, config.ModelName.Length > 0 ? config.ModelName : config.ModelBackend, config.CreatedAt, Words.Plural(config.EmbeddingCount, "embedding"))),
                        .. queries.Select(set => new Row("queries", set.Id, set.Name, set.CreatedAt, Words.Plural(set.EntryCount, "sequence"))),
                        .. predictions.Select(set => new Row("predictions", set.Id, $"{set.QuerySetName ?? "all proteins"} from {set.AnnotationSetLabel}", set.CreatedAt, $"{Words.Plural(set.PredictionCount, "prediction")}{(set.Status is null or "succeeded" ? "" : $" ({set.Status})")}")),
                        .. evaluations.Select(set => new Row("evaluation", set.Id, $"{set.OldVersion} to {set.NewVersion}", set.CreatedAt, Words.Plural(set.Stats.DeltaProteins, "protein"))),
                    ];
                    run.Terminal.PrintFields(
                        ("proteins", $"{Words.Count(stats.Total)} ({Words.Count(stats.Canonical)} canonical, {Words.Count(stats.Reviewed)} reviewed)", null),
                        ("embedded", Words.Count(stats.WithEmbeddings), null),
                        ("annotated", Words.Count(stats.WithGoAnnotations), null));
                    run.Terminal.Line();
                    Print(run, rows);
                });
                return ExitCodes.Ok;
            });

    private static void Print(CommandRun run, List<Row> rows)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        run.Terminal.Print(rows, "Nothing is loaded yet. Begin with 'penstock proteins load-ontology FILE'.",
            new Column<Row>("KIND", row => row.Kind),
            new Column<Row>("ID", row => run.Terminal.Width >= 140 ? row.Id.ToString() : JobIds.Short(row.Id)) { Style = _ => "bold" },
            new Column<Row>("NAME", row => row.Name) { ShrinksTo = 20 },
            new Column<Row>("HOLDS", row => row.Holds) { RightAligned = true },
            new Column<Row>("AGE", row => Words.Age(row.CreatedAt, now)) { RightAligned = true });
    }

    private sealed record Row(string Kind, Guid Id, string Name, DateTimeOffset CreatedAt, string Holds);
}
