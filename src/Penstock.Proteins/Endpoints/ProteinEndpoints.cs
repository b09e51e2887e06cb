using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Engine.Enqueueing;
using Penstock.Ops;
using Penstock.Ops.Security;
using Penstock.Proteins.Loading;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

internal static class ProteinEndpoints
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    public static void MapProteinCatalog(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder proteins = routes.MapGroup("/proteins").WithTags("Proteins");
        RouteGroupBuilder read = proteins.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("/stats", StatsAsync);
        read.MapGet("", ListAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/{accession}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{accession}/annotations", AnnotationsAsync).ProducesProblem(StatusCodes.Status404NotFound);
        proteins.MapPost("/insert", InsertAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>How many proteins there are, and how many have embeddings and annotations.</summary>
    internal static async Task<Ok<ProteinStats>> StatsAsync(ProteinCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.StatsAsync(cancellationToken));

    /// <summary>Proteins by accession.</summary>
    /// <param name="search">Part of an accession, entry name, gene or organism; at most 100 characters.</param>
    /// <param name="reviewed">Only Swiss-Prot (true) or only TrEMBL (false).</param>
    /// <param name="canonicalOnly">Leave out isoforms; default true.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    internal static async Task<Ok<OffsetPage<ProteinSummary>>> ListAsync(
        ProteinCatalog catalog, CancellationToken cancellationToken, string? search = null, bool? reviewed = null,
        [FromQuery(Name = "canonical_only")] bool? canonicalOnly = null, int? limit = null, int? offset = null)
    {
        ProteinQuery query = new(
            SearchText.Checked(search), reviewed, canonicalOnly ?? true, PageSize.Checked(limit, RowsUsual, RowsMax),
            PageSize.CheckedOffset(offset));
        return TypedResults.Ok(await catalog.ListAsync(query, cancellationToken));
    }

    /// <summary>One protein with its sequence, isoforms and counts.</summary>
    internal static async Task<Ok<ProteinDetail>> FindAsync(
        string accession, ProteinCatalog catalog, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalog.GetAsync(accession, cancellationToken));

    /// <summary>The GO annotations of a protein, newest set first.</summary>
    internal static async Task<Ok<IReadOnlyList<ProteinAnnotation>>> AnnotationsAsync(
        string accession, ProteinCatalog catalog, CancellationToken cancellationToken,
        [FromQuery(Name = "annotation_set_id")] Guid? annotationSetId = null) =>
        TypedResults.Ok(await catalog.AnnotationsAsync(accession, annotationSetId, cancellationToken));

    /// <summary>Loads proteins from a UniProt search or a FASTA file.</summary>
    internal static Task<Accepted<QueuedJob>> InsertAsync(
        InsertProteinsRequest request, InsertProteins operation, ClaimsPrincipal caller, IJobClient client, CancellationToken cancellationToken)
    {
        InsertProteins.Payload payload = new(
            request.SearchCriteria, request.FastaUrl, request.PageSize, request.TotalLimit, IncludeIsoforms: request.IncludeIsoforms,
            Compressed: request.Compressed);
        operation.Validate(payload);
        return client.EnqueueAsync(InsertProteins.OperationName, payload, caller, cancellationToken);
    }
}
