using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Security;

namespace Penstock.Ops.Security;

internal static class TokenEndpoints
{
    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder tokens = routes.MapGroup("/tokens").WithTags("Security").RequireAuthorization(Policies.Admin);
        tokens.MapGet("", ListAsync);
        tokens.MapPost("", IssueAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        tokens.MapDelete("/{tokenId}", RevokeAsync).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>All tokens, revoked and expired ones too; never their secrets.</summary>
    internal static async Task<Ok<List<TokenView>>> ListAsync(AccessTokens tokens, CancellationToken cancellationToken) =>
        TypedResults.Ok(await tokens.ListAsync(cancellationToken));

    /// <summary>Makes a token. The answer holds its secret, which is shown this once.</summary>
    internal static async Task<Created<IssuedToken>> IssueAsync(
        NewTokenRequest request, ClaimsPrincipal caller, AccessTokens tokens, CancellationToken cancellationToken)
    {
        IssuedToken issued = await tokens.IssueAsync(request, caller.Actor(), cancellationToken);
        return TypedResults.Created($"/tokens/{issued.Token.Id}", issued);
    }

    /// <summary>Revokes a token: the next request with it is refused.</summary>
    internal static async Task<Ok<TokenView>> RevokeAsync(
        Guid tokenId, ClaimsPrincipal caller, AccessTokens tokens, CancellationToken cancellationToken) =>
        TypedResults.Ok(await tokens.RevokeAsync(tokenId, caller.Actor(), cancellationToken));
}
