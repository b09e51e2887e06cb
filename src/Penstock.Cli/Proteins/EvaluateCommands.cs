using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;

namespace Penstock.Cli.Proteins;

/// <summary>The commands that say how good predictions are.</summary>
internal static class EvaluateCommands
{
    public static IEnumerable<Command> All(CliContext cli) => [Accretion(cli), EvaluationSet(cli), Evaluate(cli), Results(cli)];

    private static CliCommand Accretion(CliContext cli)
    {
        Option<string?> annotations = new("--annotations") { Description = $"Annotation set. {Sets.NameHelp}", HelpName = "ID" };
        Option<string> regime = new("--evidence") { Description = "lafa, experimental or all. Default: lafa.", HelpName = "REGIME", DefaultValueFactory = _ => "lafa" };
        regime.AcceptOnlyFromAmong("lafa", "experimental", "all");
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("ia", "Compute the information accretion of every term, for weighted measures.", "penstock proteins ia --watch")
            .With(annotations, regime, watch)
            .Does(cli, (run, cancellationToken) => LoadCommands.EnqueueAsync(run, run.Value(watch), "compute_information_accretion", async (_, client) =>
            {
                AnnotationSet set = await new Sets(client, cancellationToken).AnnotationsAsync(run.Value(annotations));
                return await client.ComputeInformationAccretionAsync(new ComputeInformationAccretionRequest(set.Id, run.Value(regime)!), cancellationToken);
            }, cancellationToken));
    }

    private static CliCommand EvaluationSet(CliContext cli)
    {
        Argument<string> older = new("OLD") { Description = "Annotation set with what was known. Id or its end." };
        Argument<string> newer = new("NEW") { Description = "Annotation set with what is known now. Id, its end, or 'last'." };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("evaluation-set", "Make the ground truth of an evaluation: what a newer annotation set adds to an older one.",
                "penstock proteins evaluation-set 1f0a9c3e last --watch")
            .With(older, newer, watch)
            .Does(cli, (run, cancellationToken) => LoadCommands.EnqueueAsync(run, run.Value(watch), "generate_evaluation_set", async (_, client) =>
            {
                Sets sets = new(client, cancellationToken);
                AnnotationSet from = await sets.AnnotationsAsync(run.Required(older));
                AnnotationSet to = await sets.AnnotationsAsync(run.Required(newer));
                return await client.GenerateEvaluationSetAsync(new GenerateEvaluationSetRequest(from.Id, to.Id), cancellationToken);
            }, cancellationToken));
    }

    private static CliCommand Evaluate(CliContext cli)
    {
        Option<string?> set = new("--evaluation-set") { Description = Sets.NameHelp, HelpName = "ID" };
        Option<string?> predictions = new("--predictions") { Description = $"Prediction set. {Sets.NameHelp}", HelpName = "ID" };
        Option<double?> distance = new("--max-distance") { Description = "Leave out predictions farther than this, 0 to 2.", HelpName = "D" };
        Option<string?> accretion = new("--ia") { Description = "Information accretion: a file, an address, artifact:NAME, or 'last' for the newest computed one.", HelpName = "SOURCE" };
        Option<bool> watch = ProteinsCommands.WatchOption();
        return new CliCommand("evaluate", "Measure a prediction set on an evaluation set: Fmax, Smin, coverage for NK, LK and PK.",
                "penstock proteins evaluate --watch", "penstock proteins evaluate --ia last --watch")
            .With(set, predictions, distance, accretion, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, run.Value(watch) ? Workers.Run : Workers.None);
                ProteinsClient client = new(connection.Client);
                Sets sets = new(client, cancellationToken);
                Client.Proteins.EvaluationSet target = await sets.EvaluationAsync(run.Value(set));
                PredictionSet predicted = await sets.PredictionsAsync(run.Value(predictions));
                string? iaFile = run.Value(accretion) switch
                {
                    null => null,
                    "last" => $"artifact:{(await sets.AccretionAsync(null)).Artifact}",
                    string source => await SourceFile.ProvideAsync(run, connection, source, cancellationToken),
                };
                QueuedJob queued = await client.RunEvaluationAsync(
                    target.Id, new RunEvaluationRequest(predicted.Id, run.Value(distance), IaFile: iaFile), cancellationToken);
                if (!run.Value(watch))
                    return await Commands.EnqueueCommand.EnqueuedAsync(run, connection, queued, "run_cafa_evaluation", false, cancellationToken);

                JobWatcher watcher = new(connection, run);
                JobDetail job = await watcher.WatchAsync(queued.Id, null, cancellationToken);
                watcher.TellEnd(job);
                EvaluationResult? result = (await client.EvaluationResultsAsync(target.Id, cancellationToken)).FirstOrDefault(r => r.JobId == job.Id);
                if (result is not null)
                    run.Terminal.Result(result, () => EvaluationTable.Print(run, result));
                else if (run.Json)
                    run.Terminal.WriteJson(job);
                return job.Status == "succeeded" ? ExitCodes.Ok : ExitCodes.Failed;
            });
    }

    private static CliCommand Results(CliContext cli)
    {
        Option<string?> set = new("--evaluation-set") { Description = Sets.NameHelp, HelpName = "ID" };
        return new CliCommand("results", "Show the results on an evaluation set, newest first.", "penstock proteins results")
            .With(set)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                ProteinsClient client = new(connection.Client);
                Client.Proteins.EvaluationSet target = await new Sets(client, cancellationToken).EvaluationAsync(run.Value(set));
                List<EvaluationResult> results = [.. (await client.EvaluationResultsAsync(target.Id, cancellationToken)).OrderByDescending(result => result.CreatedAt)];
                run.Terminal.Result(results, () =>
                {
                    if (results.Count == 0)
                        run.Terminal.Note("No results yet. Make one with 'penstock proteins evaluate'.");
                    foreach (EvaluationResult result in results)
                        EvaluationTable.Print(run, result);
                });
                return ExitCodes.Ok;
            });
    }
}
