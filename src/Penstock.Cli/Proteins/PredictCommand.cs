using System.CommandLine;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins predict</c></summary>
internal static class PredictCommand
{
    public static Command Create(CliContext cli)
    {
        Option<string?> queries = new("--query-set") { Description = "Predict for a query set. Default: for every embedded protein.", HelpName = "ID" };
        Option<string[]> accessions = new("--accession") { Description = "Predict for these proteins only; may be repeated.", HelpName = "ACC" };
        Option<string?> annotations = new("--annotations") { Description = $"Annotation set to transfer from. {Sets.NameHelp}", HelpName = "ID" };
        Option<string?> model = new("--model") { Description = $"Embedding configuration. {Sets.NameHelp}", HelpName = "ID" };
        Option<int> neighbours = new("--neighbours", "-k") { Description = "Neighbours per query and aspect. Default: 5.", HelpName = "N", DefaultValueFactory = _ => 5 };
        Option<double?> distance = new("--max-distance") { Description = "Neighbours farther than this do not count.", HelpName = "D" };
        Option<string> metric = new("--metric") { Description = "cosine or l2. Default: cosine.", HelpName = "NAME", DefaultValueFactory = _ => "cosine" };
        metric.AcceptOnlyFromAmong("cosine", "l2");
        Option<bool> unified = new("--unified") { Description = "One search over all references instead of one for each aspect." };
        Option<bool> excludeSelf = new("--exclude-self") { Description = "A protein, or one with its sequence, is no neighbour of its own." };
        Option<bool> features = new("--features") { Description = "Also store votes, ranks and frequencies." };
        Option<bool> compat = new("--protea-compat") { Description = "Keep PROTEA's accounting, for comparing numbers with it." };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("predict", "Predict GO terms by the annotations of the nearest neighbours.",
                "penstock proteins predict --query-set last --watch", "penstock proteins predict --exclude-self -k 10 --watch")
            .With(queries, accessions, annotations, model, neighbours, distance, metric, unified, excludeSelf, features, compat, watch)
            .Does(cli, (run, cancellationToken) => LoadCommands.EnqueueAsync(run, run.Value(watch), "predict_go_terms", async (_, client) =>
            {
                Sets sets = new(client, cancellationToken);
                AnnotationSet references = await sets.AnnotationsAsync(run.Value(annotations));
                string[] only = run.Value(accessions) ?? [];
                return await client.PredictAsync(
                    new PredictRequest(
                        (await sets.ModelAsync(run.Value(model))).Id, references.Id, references.OntologySnapshotId, only.Length > 0 ? only : null,
                        run.Value(queries) is { } name ? (await sets.QueriesAsync(name)).Id : null, run.Value(neighbours), run.Value(distance),
                        Metric: run.Value(metric)!, AspectSeparatedKnn: !run.Value(unified), ComputeRerankerFeatures: run.Value(features),
                        ExcludeSelf: run.Value(excludeSelf), ProteaCompat: run.Value(compat)),
                    cancellationToken);
            }, cancellationToken));
    }
}
