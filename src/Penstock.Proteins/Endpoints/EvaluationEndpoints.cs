using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

/// <summary>Evaluation sets and their ground truths. Results: see <see cref="EvaluationResultEndpoints"/>.</summary>
internal static class EvaluationEndpoints
{
    /// <summary>Protein, tab, term; sorted; no header.</summary>
    private static readonly (string File, string Summary, Func<AnnotationDelta, IReadOnlyList<ProteinTerm>> Pairs)[] PairFiles =
    [
        ("ground-truth-NK.tsv", "New terms of proteins without knowledge.", delta => delta.NoKnowledge),
        ("ground-truth-LK.tsv", "New terms in aspects where the protein had none.", delta => delta.LimitedKnowledge),
        ("ground-truth-PK.tsv", "New terms in aspects where the protein had others.", delta => delta.PartialKnowledge),
        ("known-terms.tsv", "All experimental terms of the older set.", delta => delta.Known),
    ];

    public static void MapEvaluationSets(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder sets = routes.MapGroup("/annotations/evaluation-sets").WithTags("Evaluation");
        RouteGroupBuilder read = sets.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync);
        read.MapGet("/{evaluationSetId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        foreach ((string file, string summary, Func<AnnotationDelta, IReadOnlyList<ProteinTerm>> pairs) in PairFiles)
        {
            read.MapGet($"/{{evaluationSetId}}/{file}", (
                    Guid evaluationSetId, EvaluationStore store, DeltaReader deltas, CancellationToken cancellationToken) =>
                    PairsAsync(evaluationSetId, file, pairs, store, deltas, cancellationToken))
                .WithSummary(summary)
                .Produces(StatusCodes.Status200OK, contentType: "text/tab-separated-values").ProducesProblem(StatusCodes.Status404NotFound);
        }
        read.MapGet("/{evaluationSetId}/delta-proteins.fasta", FastaAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/plain").ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder change = sets.MapGroup("").RequireAuthorization(Policies.Operator);
        change.MapPost("/generate", GenerateAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        change.MapPost("/{evaluationSetId}/run", RunAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapDelete("/{evaluationSetId}", DeleteAsync).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The evaluation sets, newest first.</summary>
    internal static async Task<Ok<List<EvaluationSet>>> ListAsync(EvaluationStore evaluations, CancellationToken cancellationToken) =>
        TypedResults.Ok(await evaluations.ListAsync(cancellationToken));

    /// <summary>One evaluation set.</summary>
    internal static async Task<Ok<EvaluationSet>> FindAsync(
        Guid evaluationSetId, EvaluationStore evaluations, CancellationToken cancellationToken) =>
        TypedResults.Ok(await evaluations.GetAsync(evaluationSetId, cancellationToken));

    /// <summary>The changed proteins as FASTA, each with its categories.</summary>
    /// <param name="category">nk, lk, pk or all; default all.</param>
    internal static async Task<PushStreamHttpResult> FastaAsync(
        Guid evaluationSetId, EvaluationStore evaluations, DeltaReader deltas, ProteinCatalog proteins, CancellationToken cancellationToken,
        string? category = null)
    {
        DeltaCategory wanted = EnumText.Parse<DeltaCategory>("delta-proteins.fasta", "category", category ?? "all");
        EvaluationSet set = await evaluations.GetAsync(evaluationSetId, cancellationToken);
        AnnotationDelta delta = await deltas.ReadAsync(set.OldAnnotationSetId, set.NewAnnotationSetId, cancellationToken);
        return TsvAnswer.Of(
            "delta-proteins.fasta", writer => DeltaFasta.WriteAsync(writer, delta, wanted, proteins, cancellationToken), "text/plain");
    }

    /// <summary>Compares two annotation sets of one ontology.</summary>
    internal static async Task<Accepted<QueuedJob>> GenerateAsync(
        GenerateEvaluationSetRequest request, DeltaReader deltas, ClaimsPrincipal caller, IJobClient client, CancellationToken cancellationToken)
    {
        GenerateEvaluationSet.Payload payload = new(request.OldAnnotationSetId, request.NewAnnotationSetId);
        GenerateEvaluationSet.Validate(payload);
        await deltas.SnapshotAsync(payload.OldAnnotationSetId, payload.NewAnnotationSetId, cancellationToken);
        return await client.EnqueueAsync(GenerateEvaluationSet.OperationName, payload, caller, cancellationToken);
    }

    /// <summary>Measures a prediction set against this evaluation set.</summary>
    internal static async Task<Accepted<QueuedJob>> RunAsync(
        Guid evaluationSetId, RunEvaluationRequest request, RunCafaEvaluation operation, ClaimsPrincipal caller, IJobClient client,
        CancellationToken cancellationToken)
    {
        RunCafaEvaluation.Payload payload = new(
            evaluationSetId, request.PredictionSetId, request.MaxDistance,
            EnumText.Parse<PkCoverage>(RunCafaEvaluation.OperationName, "pk_coverage", request.PkCoverage), request.IaFile);
        operation.Validate(payload);
        await operation.RequireAsync(payload, cancellationToken);
        return await client.EnqueueAsync(RunCafaEvaluation.OperationName, payload, caller, cancellationToken);
    }

    /// <summary>Deletes the set with its results and their files.</summary>
    internal static async Task<NoContent> DeleteAsync(
        Guid evaluationSetId, ClaimsPrincipal caller, EvaluationStore evaluations, IArtifactStore artifacts, AuditLog audit,
        CancellationToken cancellationToken)
    {
        foreach (EvaluationResult result in await evaluations.DeleteAsync(evaluationSetId, cancellationToken))
            await EvaluationResultEndpoints.DeleteFilesAsync(result, artifacts, cancellationToken);
        await audit.WriteAsync("evaluation_set.delete", caller.Actor(), $"{evaluationSetId}", null, cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<PushStreamHttpResult> PairsAsync(
        Guid evaluationSetId, string fileName, Func<AnnotationDelta, IReadOnlyList<ProteinTerm>> pairs, EvaluationStore evaluations,
        DeltaReader deltas, CancellationToken cancellationToken)
    {
        EvaluationSet set = await evaluations.GetAsync(evaluationSetId, cancellationToken);
        AnnotationDelta delta = await deltas.ReadAsync(set.OldAnnotationSetId, set.NewAnnotationSetId, cancellationToken);
        return TsvAnswer.Of(
            fileName,
            async writer =>
            {
                // Through a text of its own: the kernel writes synchronously, which a response body refuses.
                using StringWriter text = new();
                AnnotationDelta.WriteTsv(pairs(delta), text);
                await writer.WriteAsync(text.GetStringBuilder(), cancellationToken);
            });
    }
}
