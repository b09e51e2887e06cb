using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Security;

namespace Penstock.Ops.Security;

internal static class AuditEndpoints
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/audit", ListAsync).WithTags("Security").RequireAuthorization(Policies.Admin)
            .ProducesProblem(StatusCodes.Status400BadRequest);

    /// <summary>Who changed what, newest first.</summary>
    /// <param name="kind">Only this kind, such as job.delete.</param>
    /// <param name="before">Only rows older than this id: the cursor of the next page.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    internal static async Task<Ok<List<AuditView>>> ListAsync(
        AuditLog audit, CancellationToken cancellationToken, string? kind = null, long? before = null, int? limit = null) =>
        TypedResults.Ok(await audit.ListAsync(kind, before, PageSize.Checked(limit, RowsUsual, RowsMax), cancellationToken));
}
