using System.CommandLine;
using Penstock.Cli.Commands;
using Penstock.Cli.Connection;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins download</c>: tables and archives, byte for byte as the server sends them.</summary>
internal static class DownloadCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("download", "Download predictions, ground truth and results as files.",
                "penstock proteins download predictions -o predictions.tsv", "penstock proteins download ground-truth NK > nk.tsv")
            .With(Predictions(cli), GroundTruth(cli), Result(cli, "metrics", "metrics.tsv", "the measures"), Result(cli, "artifacts", "artifacts.zip", "all files"), Accretion(cli));

    private static Option<string?> OutputOption() => new("--output", "-o") { Description = "File to write. Default: stdout.", HelpName = "FILE" };

    private static CliCommand Predictions(CliContext cli)
    {
        Option<string?> set = new("--predictions") { Description = $"Prediction set. {Sets.NameHelp}", HelpName = "ID" };
        Option<bool> cafa = new("--cafa") { Description = "Protein, term and score only, without a header, as evaluators read it." };
        Option<string?> accession = new("--accession") { Description = "Only one protein.", HelpName = "ACC" };
        Option<string?> aspect = new("--aspect") { Description = "Only P, F or C.", HelpName = "A" };
        aspect.AcceptOnlyFromAmong("P", "F", "C");
        Option<double?> distance = new("--max-distance") { Description = "Only those at most this far.", HelpName = "D" };
        Option<string?> output = OutputOption();
        return new CliCommand("predictions", "Download a prediction set as TSV.", "penstock proteins download predictions --cafa > predictions.tsv")
            .With(set, cafa, accession, aspect, distance, output)
            .Does(cli, (run, cancellationToken) => SaveAsync(run, output, async client =>
            {
                if (run.Value(cafa) && run.Value(accession) is not null)
                    throw new UsageException("--accession does not go with --cafa.");
                PredictionSet from = await new Sets(client, cancellationToken).PredictionsAsync(run.Value(set));
                return run.Value(cafa)
                    ? await client.OpenCafaPredictionsAsync(from.Id, null, run.Value(aspect), run.Value(distance), cancellationToken)
                    : await client.OpenPredictionsAsync(from.Id, run.Value(accession), run.Value(aspect), run.Value(distance), cancellationToken);
            }, cancellationToken));
    }

    private static CliCommand GroundTruth(CliContext cli)
    {
        Argument<string> what = new("WHAT") { Description = "NK, LK, PK, known (terms known before) or fasta (the proteins)." };
        what.AcceptOnlyFromAmong("NK", "LK", "PK", "known", "fasta");
        Option<string?> set = new("--evaluation-set") { Description = Sets.NameHelp, HelpName = "ID" };
        Option<string?> output = OutputOption();
        return new CliCommand("ground-truth", "Download a part of an evaluation set.", "penstock proteins download ground-truth NK -o nk.tsv")
            .With(what, set, output)
            .Does(cli, (run, cancellationToken) => SaveAsync(run, output, async client =>
            {
                Client.Proteins.EvaluationSet from = await new Sets(client, cancellationToken).EvaluationAsync(run.Value(set));
                string file = run.Required(what) switch
                {
                    "known" => "known-terms.tsv",
                    "fasta" => "delta-proteins.fasta?category=all",
                    string setting => $"ground-truth-{setting}.tsv",
                };
                return await client.OpenEvaluationFileAsync(from.Id, file, cancellationToken);
            }, cancellationToken));
    }

    private static CliCommand Result(CliContext cli, string name, string file, string what)
    {
        Option<string?> set = new("--evaluation-set") { Description = Sets.NameHelp, HelpName = "ID" };
        Option<string?> result = new("--result") { Description = Sets.NameHelp, HelpName = "ID" };
        Option<string?> output = OutputOption();
        return new CliCommand(name, $"Download {what} of an evaluation as {file}.", $"penstock proteins download {name} -o {file}")
            .With(set, result, output)
            .Does(cli, (run, cancellationToken) => SaveAsync(run, output, async client =>
            {
                Client.Proteins.EvaluationSet of = await new Sets(client, cancellationToken).EvaluationAsync(run.Value(set));
                EvaluationResult from = Sets.Pick(
                    await client.EvaluationResultsAsync(of.Id, cancellationToken), run.Value(result), r => r.Id, r => r.CreatedAt, "result", "penstock proteins evaluate");
                return await client.OpenEvaluationResultFileAsync(of.Id, from.Id, file, cancellationToken);
            }, cancellationToken));
    }

    private static CliCommand Accretion(CliContext cli)
    {
        Option<string?> set = new("--set") { Description = Sets.NameHelp, HelpName = "ID" };
        Option<string?> output = OutputOption();
        return new CliCommand("ia", "Download the information accretion of every term.", "penstock proteins download ia > ia.tsv")
            .With(set, output)
            .Does(cli, (run, cancellationToken) => SaveAsync(run, output, async client =>
                await client.OpenInformationAccretionAsync((await new Sets(client, cancellationToken).AccretionAsync(run.Value(set))).Id, cancellationToken),
                cancellationToken));
    }

    private static async Task<int> SaveAsync(
        CommandRun run, Option<string?> output, Func<ProteinsClient, Task<Stream>> open, CancellationToken cancellationToken)
    {
        await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
        await using Stream content = await open(new ProteinsClient(connection.Client));
        await Download.SaveAsync(run, content, run.Value(output), cancellationToken);
        return ExitCodes.Ok;
    }
}
