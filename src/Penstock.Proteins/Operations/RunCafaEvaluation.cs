using Penstock.Client.Proteins;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Input;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Measures a prediction set against an evaluation set: NK, LK and PK, in each aspect, over all thresholds.</summary>
/// <remarks>Safe to run again: the result and its files are named by the job, and the same inputs give the same numbers.</remarks>
internal sealed class RunCafaEvaluation(
    EvaluationStore evaluations, PredictionCatalog predictions, DeltaReader deltas, OntologyGraphs graphs, AccretionSource accretions,
    EvaluationWriter writer, SourceOpener sources, TimeProvider time)
    : Operation<RunCafaEvaluation.Payload, RunCafaEvaluation.Result>
{
    public const string OperationName = "run_cafa_evaluation";

    /// <summary>The name of the prediction file in the tables.</summary>
    private const string PredictionFile = "predictions.tsv";

    private static readonly PayloadCheck Check = new(OperationName);

    /// <param name="MaxDistance">Leave out predictions farther than this; 0 to 2.</param>
    /// <param name="IaFile">Information accretion; null: the snapshot's <c>ia_url</c>, else what was computed from the old set.</param>
    public sealed record Payload(
        Guid EvaluationSetId, Guid PredictionSetId, double? MaxDistance = null, PkCoverage PkCoverage = PkCoverage.Fixed,
        string? IaFile = null);

    public sealed record Result(Guid EvaluationResultId, IReadOnlyList<string> SettingsEvaluated, bool IaUsed, string ArtifactsPrefix);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        await job.EmitAsync("run_cafa_evaluation.start", payload, cancellationToken);
        (EvaluationSet set, OntologySnapshot snapshot) = await RequireAsync(payload, cancellationToken);

        await job.EmitAsync("run_cafa_evaluation.computing_delta", null, cancellationToken);
        AnnotationDelta delta = await deltas.ReadAsync(set.OldAnnotationSetId, set.NewAnnotationSetId, cancellationToken);
        await job.EmitAsync("run_cafa_evaluation.delta_done", delta.Stats, cancellationToken);
        if (delta.Stats.DeltaProteins == 0)
            throw new NothingToEvaluateException(set.Id);

        InputFile? accretion = await accretions.FindAsync(payload.IaFile, snapshot, set.OldAnnotationSetId, job, cancellationToken);
        InputFile ontology = await graphs.FileAsync(snapshot, cancellationToken);
        await job.EmitAsync("run_cafa_evaluation.writing_predictions", null, cancellationToken);
        InputFile predicted = await WritePredictionsAsync(payload, delta, cancellationToken);

        List<EvaluatedSetting> evaluated = [];
        List<string> warnings = accretion is null ? [AccretionSource.MissingWarning] : [];
        foreach (EvaluationSetting setting in EvaluationSetting.Of(delta))
        {
            EvaluationInputs inputs = new(ontology, EvaluationWriter.PairsFile($"gt_{setting.Name}.tsv", setting.Truth), [predicted])
            {
                InformationAccretion = accretion,
                Known = setting.Known is null ? null : EvaluationWriter.PairsFile("pk_known_terms.tsv", setting.Known),
            };
            if (await EvaluateAsync(setting, inputs, payload.PkCoverage, warnings, job, cancellationToken) is { } table)
                evaluated.Add(new EvaluatedSetting(setting.Name, table));
        }
        return await FinishAsync(payload, accretion is not null, evaluated, warnings, job, cancellationToken);
    }

    /// <summary>Checks values; for endpoints too.</summary>
    internal void Validate(Payload payload)
    {
        Check.InRange("max_distance", payload.MaxDistance, 0, 2);
        if (payload.IaFile is not null)
            sources.Check(Check.Text("ia_file", payload.IaFile));
    }

    /// <exception cref="RecordNotFoundException"/>
    /// <exception cref="SnapshotMismatchException"/>
    internal async Task<(EvaluationSet Set, OntologySnapshot Snapshot)> RequireAsync(Payload payload, CancellationToken cancellationToken)
    {
        EvaluationSet set = await evaluations.GetAsync(payload.EvaluationSetId, cancellationToken);
        (PredictionSet predicted, _) = await predictions.GetAsync(payload.PredictionSetId, cancellationToken);
        OntologySnapshot snapshot = await deltas.SnapshotAsync(set.OldAnnotationSetId, set.NewAnnotationSetId, cancellationToken);
        if (predicted.OntologySnapshotId != snapshot.Id)
            throw new SnapshotMismatchException(
                $"Prediction set {predicted.Id} is of ontology {predicted.OboVersion}, evaluation set {set.Id} of {snapshot.OboVersion}. " +
                "Predict with annotations of that ontology.");
        return (set, snapshot);
    }

    private async Task<InputFile> WritePredictionsAsync(Payload payload, AnnotationDelta delta, CancellationToken cancellationToken)
    {
        HashSet<string> targets = delta.Targets();
        return await writer.PredictionsAsync(
            PredictionFile, payload.PredictionSetId, new PredictionFilter(MaxDistance: payload.MaxDistance), targets.Contains,
            cancellationToken);
    }

    /// <returns>Null: this setting could not be evaluated, for the reason that became a warning.</returns>
    private async Task<EvaluationTable?> EvaluateAsync(
        EvaluationSetting setting, EvaluationInputs inputs, PkCoverage coverage, List<string> warnings, JobContext job,
        CancellationToken cancellationToken)
    {
        await job.EmitAsync("run_cafa_evaluation.evaluating", new { Setting = setting.Name }, cancellationToken);
        try
        {
            EvaluationTable table = await new CafaEvaluator(time).EvaluateAsync(
                inputs, new EvaluationOptions { PkCoverage = coverage }, cancellationToken);
            warnings.AddRange(table.Warnings.Select(warning => $"{setting.Name}: {warning}"));
            await job.EmitAsync(
                "run_cafa_evaluation.setting_done",
                new { Setting = setting.Name, Namespaces = table.Curves.Select(curve => curve.Namespace) }, cancellationToken);
            return table;
        }
        catch (EvaluationException error)
        {
            warnings.Add($"{setting.Name}: {error.Message}");
            await job.EmitAsync(
                "run_cafa_evaluation.setting_failed", new { Setting = setting.Name, Error = error.Code }, cancellationToken, error.Message,
                JobEventLevel.Warning);
            return null;
        }
    }

    private async Task<Result> FinishAsync(
        Payload payload, bool iaUsed, List<EvaluatedSetting> evaluated, List<string> warnings, JobContext job,
        CancellationToken cancellationToken)
    {
        string prefix = EvaluationWriter.PrefixOf(job.JobId);
        IReadOnlyList<string> files = await writer.StoreAsync(prefix, evaluated, cancellationToken);
        EvaluationResult result = new(
            job.JobId, payload.EvaluationSetId, payload.PredictionSetId, job.JobId, time.GetUtcNow(),
            payload.PkCoverage.ToString().ToLowerInvariant(), iaUsed, EvaluationSummary.Of(evaluated), warnings, files);
        await evaluations.AddResultAsync(result, payload.MaxDistance, cancellationToken);
        Result done = new(result.Id, [.. evaluated.Select(e => e.Setting)], iaUsed, prefix);
        await job.EmitAsync("run_cafa_evaluation.done", done, cancellationToken);
        return done;
    }
}
