using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary><c>penstock proteins annotate</c>: sequences in, predicted terms out.</summary>
internal static class AnnotateCommand
{
    private const int ProteinsShown = 5;
    private const int TermsShown = 3;

    public static Command Create(CliContext cli)
    {
        Argument<string> file = new("FILE") { Description = "FASTA, plain or gzip." };
        Option<string?> name = new("--name") { Description = "Name of the query set. Default: the file's name.", HelpName = "TEXT" };
        Option<string?> output = new("--output", "-o") { Description = "With --watch: write all predictions to this TSV file.", HelpName = "FILE" };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("annotate", "Predict the functions of the sequences in a FASTA file with what is loaded.",
                "penstock proteins annotate my.fasta --watch", "penstock proteins annotate my.fasta --watch -o predictions.tsv")
            .With(file, name, output, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                if (run.Value(output) is not null && !run.Value(watch))
                    throw new UsageException("--output needs --watch: the predictions are there only at the end.");
                await using FileStream fasta = File.OpenRead(run.FullPath(run.Required(file)));
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, run.Value(watch) ? Workers.Run : Workers.None);
                ProteinsClient client = new(connection.Client);
                AnnotateReply reply = await client.AnnotateAsync(run.Value(name) ?? Path.GetFileName(fasta.Name), fasta, cancellationToken);
                if (!run.Value(watch))
                {
                    run.Terminal.Result(reply, () => run.Terminal.Line(
                        $"[green]✓[/] {Words.Plural(reply.SequenceCount, "sequence")} queued; predictions will be in set [bold]{reply.PredictionSetId}[/]"));
                    return ExitCodes.Ok;
                }
                return await FollowAsync(run, connection, client, reply, run.Value(output), cancellationToken);
            });
    }

    private static async Task<int> FollowAsync(
        CommandRun run, ServerConnection connection, ProteinsClient client, AnnotateReply reply, string? output, CancellationToken cancellationToken)
    {
        JobWatcher watcher = new(connection, run);
        // The second job is enqueued in the transaction that ends the first: it is there when the first has ended.
        foreach ((Guid jobId, string title) in ((Guid, string)[])[(reply.EmbeddingJobId, "embedding"), (reply.PredictionJobId, "predicting")])
        {
            JobDetail job = await watcher.WatchAsync(jobId, title, cancellationToken);
            watcher.TellEnd(job);
            if (job.Status != "succeeded")
                return ExitCodes.Failed;
        }
        PredictionSetDetail detail = await client.PredictionSetAsync(reply.PredictionSetId, cancellationToken);
        if (output is not null)
        {
            await using Stream tsv = await client.OpenPredictionsAsync(reply.PredictionSetId, null, null, null, cancellationToken);
            await Commands.Download.SaveAsync(run, tsv, output, cancellationToken);
        }
        if (run.Json)
            run.Terminal.WriteJson(detail);
        else
            await PrintAsync(run, client, reply, detail, cancellationToken);
        return ExitCodes.Ok;
    }

    private static async Task PrintAsync(
        CommandRun run, ProteinsClient client, AnnotateReply reply, PredictionSetDetail detail, CancellationToken cancellationToken)
    {
        List<Prediction> rows = [];
        foreach (string accession in detail.PerProteinCounts.Keys.Order(StringComparer.Ordinal).Take(ProteinsShown))
        {
            IReadOnlyList<Prediction> predictions = await client.PredictionsAsync(reply.PredictionSetId, accession, cancellationToken);
            rows.AddRange(predictions.DistinctBy(prediction => prediction.GoId).Take(TermsShown));
        }
        LookupCommands.PrintPredictions(run, rows);
        int left = detail.PerProteinCounts.Count - ProteinsShown;
        run.Terminal.Note(
            $"{Words.Plural(detail.Set.PredictionCount, "prediction")} for {detail.PerProteinCounts.Count} of {Words.Plural(reply.SequenceCount, "sequence")}" +
            $"{(left > 0 ? $", {ProteinsShown} shown" : "")}; all: penstock proteins download predictions --predictions {JobIds.Short(reply.PredictionSetId)} -o predictions.tsv");
    }
}
