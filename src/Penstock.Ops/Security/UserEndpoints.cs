using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Security;

namespace Penstock.Ops.Security;

internal static class UserEndpoints
{
    public static void MapUsers(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder users = routes.MapGroup("/users").WithTags("Security").RequireAuthorization(Policies.Admin);
        users.MapGet("", ListAsync);
        users.MapPost("", AddAsync)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        users.MapPatch("/{name}", ChangeAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        users.MapDelete("/{name}", DeleteAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>All users, by name.</summary>
    internal static async Task<Ok<IEnumerable<UserView>>> ListAsync(
        Accounts accounts, TimeProvider time, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return TypedResults.Ok((await accounts.ListAsync(cancellationToken)).Select(account => ToView(account, now)));
    }

    /// <summary>Adds a user.</summary>
    internal static async Task<Created<UserView>> AddAsync(
        NewUserRequest request, ClaimsPrincipal caller, Accounts accounts, TimeProvider time, CancellationToken cancellationToken)
    {
        Account account = await accounts.AddAsync(request, mustChangePassword: false, caller.Actor(), cancellationToken);
        return TypedResults.Created($"/users/{account.Name}", ToView(account, time.GetUtcNow()));
    }

    /// <summary>Changes a user's role or password, or disables the user. Ends the user's sessions.</summary>
    internal static async Task<Ok<UserView>> ChangeAsync(
        string name, UserChange change, ClaimsPrincipal caller, Accounts accounts, FirstAdmin first, TimeProvider time,
        CancellationToken cancellationToken)
    {
        Account account = await accounts.ChangeAsync(name, change, caller.Actor(), cancellationToken);
        first.Forget(account);
        return TypedResults.Ok(ToView(account, time.GetUtcNow()));
    }

    /// <summary>Deletes a user; what the user did stays in the audit log.</summary>
    internal static async Task<NoContent> DeleteAsync(
        string name, ClaimsPrincipal caller, Accounts accounts, CancellationToken cancellationToken)
    {
        await accounts.DeleteAsync(name, caller.Actor(), cancellationToken);
        return TypedResults.NoContent();
    }

    private static UserView ToView(Account account, DateTimeOffset now) => new(
        account.Id, account.Name, account.Role, account.Disabled, account.IsLocked(now),
        account.IsLocked(now) ? account.LockedUntil : null, account.MustChangePassword, account.CreatedAt, account.LastLoginAt);
}
