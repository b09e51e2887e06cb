using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Penstock.Client.Security;
using Penstock.Engine;

namespace Penstock.Ops.Security;

internal static class AuthEndpoints
{
    public static void MapAuth(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder auth = routes.MapGroup("/auth").WithTags("Security");
        auth.MapPost("/login", LoginAsync).AllowAnonymous().RequireRateLimiting(SecurityServices.PasswordLimit)
            .ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        auth.MapPost("/logout", (Delegate)LogoutAsync).AllowAnonymous();
        auth.MapGet("/me", Me).RequireAuthorization(Policies.Viewer);
        auth.MapPost("/password", ChangePasswordAsync).RequireAuthorization(Policies.Viewer).RequireRateLimiting(SecurityServices.PasswordLimit)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Logs in with name and password; the answer sets a session cookie.</summary>
    internal static async Task<Ok<Identity>> LoginAsync(
        LoginRequest request, HttpContext context, Accounts accounts, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            Account account = await accounts.LoginAsync(request.Name, request.Password, cancellationToken);
            return TypedResults.Ok(await SignInAsync(context, account));
        }
        catch (PenstockException refusal) when (refusal is LoginFailedException or AccountLockedException)
        {
            loggers.CreateLogger("Penstock.Security").LoginRefused(
                Printable(request.Name), $"{context.Connection.RemoteIpAddress}", refusal.Code);
            throw;
        }
    }

    /// <summary>Ends the session of the cookie, if there is one.</summary>
    internal static async Task<NoContent> LogoutAsync(HttpContext context)
    {
        await context.SignOutAsync(SessionCookie.SchemeName);
        return TypedResults.NoContent();
    }

    /// <summary>Who the server takes the caller for.</summary>
    internal static Ok<Identity> Me(ClaimsPrincipal caller) => TypedResults.Ok(caller.ToIdentity());

    /// <summary>Changes the caller's own password and ends their other sessions.</summary>
    internal static async Task<Ok<Identity>> ChangePasswordAsync(
        PasswordChange change, HttpContext context, Accounts accounts, FirstAdmin first, CancellationToken cancellationToken)
    {
        if (context.User.ToIdentity().Via != "cookie")
            throw new InvalidAccountException($"{context.User.Actor()} is a token and has no password. Log in as a user to change one.");
        Account account = await accounts.ChangePasswordAsync(context.User.Actor(), change, cancellationToken);
        first.Forget(account);
        return TypedResults.Ok(await SignInAsync(context, account));
    }

    private static async Task<Identity> SignInAsync(HttpContext context, Account account)
    {
        ClaimsPrincipal caller = Caller.Of(account, SessionCookie.SchemeName);
        await context.SignInAsync(SessionCookie.SchemeName, caller, new AuthenticationProperties { IsPersistent = true });
        return caller.ToIdentity();
    }

    /// <summary>A stranger's text must not forge lines in a log.</summary>
    private static string Printable(string text) =>
        string.Concat(text.Take(64).Select(letter => char.IsControl(letter) ? '?' : letter));
}
