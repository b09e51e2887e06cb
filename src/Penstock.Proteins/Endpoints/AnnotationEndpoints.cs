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
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

internal static class AnnotationEndpoints
{
    public static void MapAnnotationSets(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder sets = routes.MapGroup("/annotations/sets").WithTags("Annotations");
        sets.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer);
        sets.MapGet("/{annotationSetId}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound);
        sets.MapDelete("/{annotationSetId}", DeleteAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        sets.MapPost("/load-goa", LoadGoaAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        RouteGroupBuilder accretions = routes.MapGroup("/annotations/information-accretion").WithTags("Annotations");
        accretions.MapGet("", ListAccretionsAsync).RequireAuthorization(Policies.Viewer);
        accretions.MapGet("/{setId}/ia.tsv", DownloadAccretionAsync).RequireAuthorization(Policies.Viewer)
            .Produces(StatusCodes.Status200OK, contentType: "text/tab-separated-values").ProducesProblem(StatusCodes.Status404NotFound);
        accretions.MapPost("", ComputeAccretionAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>The annotation sets that are complete, newest first.</summary>
    /// <param name="source">Only sets of this source, such as goa.</param>
    internal static async Task<Ok<List<AnnotationSet>>> ListAsync(
        AnnotationStore annotations, CancellationToken cancellationToken, string? source = null) =>
        TypedResults.Ok(await annotations.ListAsync(source, cancellationToken));

    /// <summary>One annotation set, and how many lines of its file were skipped for which reason.</summary>
    internal static async Task<Ok<AnnotationSet>> FindAsync(
        Guid annotationSetId, AnnotationStore annotations, CancellationToken cancellationToken) =>
        TypedResults.Ok(await annotations.GetAsync(annotationSetId, cancellationToken));

    /// <summary>Deletes a set with its annotations and accretions; refused while predictions or evaluations were made from it.</summary>
    internal static async Task<Ok<DeletedAnnotationSet>> DeleteAsync(
        Guid annotationSetId, ClaimsPrincipal caller, AnnotationStore annotations, InformationAccretionStore accretions,
        IArtifactStore artifacts, AuditLog audit, CancellationToken cancellationToken)
    {
        List<InformationAccretionSet> computed = await accretions.ListAsync(cancellationToken);
        long deleted = await annotations.DeleteAsync(annotationSetId, cancellationToken);
        foreach (InformationAccretionSet accretion in computed.Where(c => c.AnnotationSetId == annotationSetId))
            await artifacts.DeleteAsync(accretion.Artifact, cancellationToken);
        await audit.WriteAsync("annotation_set.delete", caller.Actor(), $"{annotationSetId}", new { deleted }, cancellationToken);
        return TypedResults.Ok(new DeletedAnnotationSet(annotationSetId, deleted));
    }

    /// <summary>Loads a GAF file, plain or gzip, as an annotation set.</summary>
    internal static async Task<Accepted<QueuedJob>> LoadGoaAsync(
        LoadGoaRequest request, LoadGoaAnnotations operation, OntologyStore ontologies, ClaimsPrincipal caller, IJobClient client,
        CancellationToken cancellationToken)
    {
        LoadGoaAnnotations.Payload payload = new(
            request.OntologySnapshotId, request.GafUrl, request.SourceVersion, request.PageSize, TotalLimit: request.TotalLimit,
            ProteaCompat: request.ProteaCompat);
        if (request.TimeoutSeconds is { } timeout)
            payload = payload with { TimeoutSeconds = timeout };
        payload = operation.Validated(payload);
        await ontologies.GetAsync(payload.OntologySnapshotId, cancellationToken);
        return await client.EnqueueAsync(LoadGoaAnnotations.OperationName, payload, caller, cancellationToken);
    }

    /// <summary>The information accretions that were computed, newest first.</summary>
    internal static async Task<Ok<List<InformationAccretionSet>>> ListAccretionsAsync(
        InformationAccretionStore accretions, CancellationToken cancellationToken) =>
        TypedResults.Ok(await accretions.ListAsync(cancellationToken));

    /// <summary>The table: term, tab, bits; no header.</summary>
    internal static async Task<FileStreamHttpResult> DownloadAccretionAsync(
        Guid setId, InformationAccretionStore accretions, IArtifactStore artifacts, CancellationToken cancellationToken)
    {
        InformationAccretionSet set = await accretions.GetAsync(setId, cancellationToken);
        return TypedResults.Stream(await artifacts.OpenAsync(set.Artifact, cancellationToken), "text/tab-separated-values", "ia.tsv");
    }

    /// <summary>Computes the information accretion of every term from one annotation set.</summary>
    internal static async Task<Accepted<QueuedJob>> ComputeAccretionAsync(
        ComputeInformationAccretionRequest request, AnnotationStore annotations, ClaimsPrincipal caller, IJobClient client,
        CancellationToken cancellationToken)
    {
        EvidenceRegime regime = EnumText.Parse<EvidenceRegime>(
            ComputeInformationAccretion.OperationName, "evidence_regime", request.EvidenceRegime);
        await annotations.GetAsync(request.AnnotationSetId, cancellationToken);
        return await client.EnqueueAsync(
            ComputeInformationAccretion.OperationName, new ComputeInformationAccretion.Payload(request.AnnotationSetId, regime), caller,
            cancellationToken);
    }
}
