using Penstock.Client.Proteins;
using Penstock.Engine.Operations;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Finds what a newer annotation set adds to an older one: proteins without, with limited, with partial knowledge.</summary>
/// <remarks>Safe to run again: a pair of annotation sets has one evaluation set.</remarks>
internal sealed class GenerateEvaluationSet(DeltaReader deltas, EvaluationStore evaluations)
    : Operation<GenerateEvaluationSet.Payload, GenerateEvaluationSet.Result>
{
    public const string OperationName = "generate_evaluation_set";

    private static readonly PayloadCheck Check = new(OperationName);

    public sealed record Payload(Guid OldAnnotationSetId, Guid NewAnnotationSetId);

    public sealed record Result(
        Guid EvaluationSetId, long DeltaProteins, long NkProteins, long LkProteins, long PkProteins, long NkAnnotations,
        long LkAnnotations, long PkAnnotations, long KnownTermsCount);

    public override async Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        await job.EmitAsync("generate_evaluation_set.start", payload, cancellationToken);
        await job.EmitAsync("generate_evaluation_set.computing_delta", null, cancellationToken);
        AnnotationDelta delta = await deltas.ReadAsync(payload.OldAnnotationSetId, payload.NewAnnotationSetId, cancellationToken);
        AnnotationDeltaStats found = delta.Stats;
        EvaluationStats stats = new(
            found.DeltaProteins, found.NkProteins, found.LkProteins, found.PkProteins, found.NkAnnotations, found.LkAnnotations,
            found.PkAnnotations, found.KnownTermsCount);
        await job.EmitAsync("generate_evaluation_set.delta_done", stats, cancellationToken);
        Guid id = await evaluations.AddAsync(
            job.JobId, payload.OldAnnotationSetId, payload.NewAnnotationSetId, stats, job.JobId, cancellationToken);
        Result result = new(
            id, stats.DeltaProteins, stats.NkProteins, stats.LkProteins, stats.PkProteins, stats.NkAnnotations, stats.LkAnnotations,
            stats.PkAnnotations, stats.KnownTermsCount);
        await job.EmitAsync("generate_evaluation_set.done", result, cancellationToken);
        return result;
    }

    /// <summary>Checks values; for endpoints too.</summary>
    internal static void Validate(Payload payload)
    {
        if (payload.OldAnnotationSetId == payload.NewAnnotationSetId)
            throw Check.Wrong("old_annotation_set_id and new_annotation_set_id are the same; nothing could be new.");
    }
}
