using System.Security.Claims;
using System.Text.Json;
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

internal static class OntologyEndpoints
{
    private const int DepthUsual = 3;
    private const int DepthMax = 6;
    private const int TermsMax = 200;

    public static void MapOntologies(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder snapshots = routes.MapGroup("/annotations/snapshots").WithTags("Annotations");
        RouteGroupBuilder read = snapshots.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync);
        read.MapGet("/{snapshotId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{snapshotId}/subgraph", SubgraphAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        RouteGroupBuilder change = snapshots.MapGroup("").RequireAuthorization(Policies.Operator);
        change.MapPost("/load", LoadAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapPatch("/{snapshotId}/ia-url", SetIaUrlAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>The ontologies that are loaded, newest first.</summary>
    internal static async Task<Ok<List<OntologySnapshot>>> ListAsync(OntologyStore ontologies, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ontologies.ListAsync(cancellationToken));

    /// <summary>One ontology.</summary>
    internal static async Task<Ok<OntologySnapshot>> FindAsync(
        Guid snapshotId, OntologyStore ontologies, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ontologies.GetAsync(snapshotId, cancellationToken));

    /// <summary>Terms and what lies above them, over all kinds of relation.</summary>
    /// <param name="goIds">GO ids, separated by commas; at most 200.</param>
    /// <param name="depth">Steps upwards, 1 to 6; default 3.</param>
    internal static async Task<Ok<GoSubgraph>> SubgraphAsync(
        Guid snapshotId, OntologyStore ontologies, SubgraphStore graphs, CancellationToken cancellationToken,
        [FromQuery(Name = "go_ids")] string? goIds = null, int? depth = null)
    {
        if (depth is < 1 or > DepthMax)
            throw new ParameterOutOfRangeException("depth", $"{depth}", $"1 to {DepthMax}");
        string[] ids = (goIds ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        if (ids.Length is 0 or > TermsMax)
            throw new ParameterOutOfRangeException("go_ids", $"a list of {ids.Length}", $"1 to {TermsMax} GO ids");
        await ontologies.GetAsync(snapshotId, cancellationToken);
        return TypedResults.Ok(await graphs.WalkUpAsync(snapshotId, ids, depth ?? DepthUsual, cancellationToken));
    }

    /// <summary>Loads an OBO file, plain or gzip.</summary>
    internal static Task<Accepted<QueuedJob>> LoadAsync(
        LoadOntologyRequest request, LoadOntologySnapshot operation, ClaimsPrincipal caller, IJobClient client,
        CancellationToken cancellationToken)
    {
        LoadOntologySnapshot.Payload payload = new(request.OboUrl);
        if (request.TimeoutSeconds is { } timeout)
            payload = payload with { TimeoutSeconds = timeout };
        operation.Validate(payload);
        return client.EnqueueAsync(LoadOntologySnapshot.OperationName, payload, caller, cancellationToken);
    }

    /// <summary>Says where the information accretion of this ontology is; null takes it away.</summary>
    internal static async Task<Ok<OntologySnapshot>> SetIaUrlAsync(
        Guid snapshotId, JsonElement request, OntologyStore ontologies, SourceOpener sources, CancellationToken cancellationToken)
    {
        // By hand: an absent member must be refused, where a null one clears the address.
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("ia_url", out JsonElement member)
            || member.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new InvalidPayloadException("set ia_url", "ia_url must be there: a text, or null to take it away.");
        string? iaUrl = member.GetString()?.Trim();
        if (iaUrl is not null)
            sources.Check(iaUrl);
        return TypedResults.Ok(await ontologies.SetIaUrlAsync(snapshotId, iaUrl, cancellationToken));
    }
}
