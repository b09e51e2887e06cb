using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Engine;
using Penstock.Ops.Security;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

internal static class QuerySetEndpoints
{
    private const string UsualName = "Query set";

    public static void MapQuerySets(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder sets = routes.MapGroup("/query-sets").WithTags("Query sets");
        sets.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer);
        sets.MapGet("/{querySetId}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound);
        sets.MapPost("", CreateAsync).RequireAuthorization(Policies.Operator).Accepts<IFormFile>("multipart/form-data", "application/json")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        sets.MapDelete("/{querySetId}", DeleteAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The query sets, newest first.</summary>
    internal static async Task<Ok<List<QuerySet>>> ListAsync(QuerySetStore querySets, CancellationToken cancellationToken) =>
        TypedResults.Ok(await querySets.ListAsync(cancellationToken));

    /// <summary>One query set with its entries.</summary>
    internal static async Task<Ok<QuerySetDetail>> FindAsync(
        Guid querySetId, QuerySetStore querySets, CancellationToken cancellationToken)
    {
        QuerySet set = await querySets.GetAsync(querySetId, cancellationToken);
        return TypedResults.Ok(new QuerySetDetail(
            set.Id, set.Name, set.Description, set.CreatedAt, set.EntryCount, await querySets.EntriesAsync(set.Id, cancellationToken)));
    }

    /// <summary>Stores the sequences of a FASTA file: a form with file, name and description, or JSON with fasta_text.</summary>
    internal static async Task<Created<QuerySet>> CreateAsync(
        HttpRequest request, QuerySetStore querySets, ProteinOptions options, IdGenerator ids, CancellationToken cancellationToken)
    {
        FastaUpload upload = await FastaUpload.ReadAsync(request, options.MaxFastaBytes, cancellationToken);
        Guid id = ids.NewId();
        await querySets.AddAsync(id, Named(upload.Name, UsualName), upload.Description, upload.Records, cancellationToken);
        return TypedResults.Created($"/query-sets/{id}", await querySets.GetAsync(id, cancellationToken));
    }

    /// <summary>Deletes a query set; predictions made from it stay.</summary>
    internal static async Task<Ok<DeletedQuerySet>> DeleteAsync(
        Guid querySetId, ClaimsPrincipal caller, QuerySetStore querySets, AuditLog audit, CancellationToken cancellationToken)
    {
        long entries = await querySets.DeleteAsync(querySetId, cancellationToken);
        await audit.WriteAsync("query_set.delete", caller.Actor(), $"{querySetId}", new { entries }, cancellationToken);
        return TypedResults.Ok(new DeletedQuerySet(querySetId, entries));
    }

    internal static string Named(string? name, string usual) => string.IsNullOrWhiteSpace(name) ? usual : name.Trim();
}
