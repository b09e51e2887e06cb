using System.Text.Json;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Proteins.Samples;
using Spectre.Console;

namespace Penstock.Cli.Demo;

/// <summary>Runs the whole protein pipeline on made-up proteins: from files to a table of how good the predictions are.</summary>
/// <remarks>Safe to run again in the same workspace: what is loaded already is found and skipped.</remarks>
internal sealed class ProteinsDemo(CommandRun run, ServerConnection connection, SampleFiles files)
{
    private const string OlderVersion = "sample-2020";
    private const string NewerVersion = "sample-2024";

    private readonly ProteinsClient _client = new(connection.Client);
    private readonly JobWatcher _watcher = new(connection, run) { TellsEvents = false };

    /// <summary>Steps that were asked for beside the pipeline's own; they come once the proteins are there.</summary>
    public IReadOnlyList<DemoStep> Stages { get; init; } = [];

    /// <summary>Steps that were asked for and need predictions; they come before these are measured.</summary>
    public IReadOnlyList<DemoStep> LateStages { get; init; } = [];

    /// <returns>Null: a job failed, and the reader was told which and why.</returns>
    public async Task<EvaluationResult?> RunAsync(CancellationToken cancellationToken)
    {
        DemoStep[] steps = Steps();
        JobDetail? last = null;
        foreach (DemoStep step in steps)
        {
            last = await RunAsync(step, steps.Max(other => other.Title.Length), cancellationToken);
            if (last.Status != "succeeded")
                return null;
        }
        EvaluationSet set = await EvaluationSetAsync(cancellationToken);
        return (await _client.EvaluationResultsAsync(set.Id, cancellationToken)).First(result => result.JobId == last!.Id);
    }

    private DemoStep[] Steps() =>
    [
        new("load the ontology",
            token => _client.LoadOntologyAsync(new LoadOntologyRequest(files.Ontology), token),
            result => Many(result, "terms_inserted", "term")),
        new("load the proteins",
            token => _client.InsertProteinsAsync(new InsertProteinsRequest(FastaUrl: files.Fasta), token),
            result => Many(result, "proteins_inserted", "protein")),
        .. Stages,
        new("load the annotations of 2020", token => LoadGoaAsync(files.Older, OlderVersion, token), Annotations),
        new("load the annotations of 2024", token => LoadGoaAsync(files.Newer, NewerVersion, token), Annotations),
        new("weigh the terms by information accretion",
            async token => await _client.ComputeInformationAccretionAsync(
                new ComputeInformationAccretionRequest((await AnnotationsAsync(OlderVersion, token)).Id), token),
            result => Many(result, "term_count", "term")),
        new("embed the sequences",
            async token => await _client.ComputeEmbeddingsAsync(
                new ComputeEmbeddingsRequest((await new Proteins.Sets(_client, token).ModelAsync(null)).Id), token),
            result => Many(result, "sequences", "sequence")),
        new("predict functions from the nearest relatives", PredictAsync, result => Many(result, "queries", "protein")),
        new("find what 2024 knew and 2020 did not",
            async token => await _client.GenerateEvaluationSetAsync(
                new GenerateEvaluationSetRequest((await AnnotationsAsync(OlderVersion, token)).Id, (await AnnotationsAsync(NewerVersion, token)).Id), token),
            result => Many(result, "delta_proteins", "protein")),
        .. LateStages,
        new("measure the predictions on that", EvaluateAsync, _ => ""),
    ];

    private async Task<JobDetail> RunAsync(DemoStep step, int width, CancellationToken cancellationToken)
    {
        QueuedJob queued = await step.EnqueueAsync(cancellationToken);
        JobDetail job = await _watcher.WatchAsync(queued.Id, step.Title, cancellationToken);
        if (job.Status != "succeeded")
        {
            _watcher.TellEnd(job);
            return job;
        }
        string took = Words.Of(job.FinishedAt!.Value - job.CreatedAt);
        string outcome = job.Result is { ValueKind: JsonValueKind.Object } result ? step.Outcome(result) : "";
        run.Terminal.Error.MarkupLine($"[green]✓[/] {Markup.Escape(step.Title.PadRight(width))} {took,7}{(outcome.Length == 0 ? "" : $"  [dim]{Markup.Escape(outcome)}[/]")}");
        return job;
    }

    private async Task<QueuedJob> LoadGoaAsync(string gaf, string version, CancellationToken cancellationToken)
    {
        OntologySnapshot ontology = await new Proteins.Sets(_client, cancellationToken).OntologyAsync(null);
        return await _client.LoadGoaAsync(new LoadGoaRequest(ontology.Id, gaf, version), cancellationToken);
    }

    private async Task<QueuedJob> PredictAsync(CancellationToken cancellationToken)
    {
        AnnotationSet known = await AnnotationsAsync(OlderVersion, cancellationToken);
        EmbeddingConfig model = await new Proteins.Sets(_client, cancellationToken).ModelAsync(null);
        // A protein must not be its own neighbour: it would "predict" what was known of itself.
        return await _client.PredictAsync(new PredictRequest(model.Id, known.Id, known.OntologySnapshotId, ExcludeSelf: true), cancellationToken);
    }

    private async Task<QueuedJob> EvaluateAsync(CancellationToken cancellationToken)
    {
        Proteins.Sets sets = new(_client, cancellationToken);
        EvaluationSet set = await EvaluationSetAsync(cancellationToken);
        string accretion = (await sets.AccretionAsync(null)).Artifact;
        return await _client.RunEvaluationAsync(
            set.Id, new RunEvaluationRequest((await sets.PredictionsAsync(null)).Id, IaFile: $"artifact:{accretion}"), cancellationToken);
    }

    private async Task<AnnotationSet> AnnotationsAsync(string version, CancellationToken cancellationToken) =>
        (await _client.AnnotationSetsAsync(null, cancellationToken)).First(set => set.SourceVersion == version);

    private async Task<EvaluationSet> EvaluationSetAsync(CancellationToken cancellationToken) =>
        (await _client.EvaluationSetsAsync(cancellationToken)).First(set => set.OldVersion == OlderVersion && set.NewVersion == NewerVersion);

    private static string Annotations(JsonElement result) => Many(result, "annotations_inserted", "annotation");

    /// <summary>"there already" when the job found nothing left to do.</summary>
    private static string Many(JsonElement result, string field, string one) =>
        !result.TryGetProperty(field, out JsonElement value) || !value.TryGetInt64(out long count) ? ""
        : count == 0 ? "there already"
        : Words.Plural(count, one);
}
