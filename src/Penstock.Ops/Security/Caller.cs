using System.Security.Claims;
using Penstock.Client.Security;

namespace Penstock.Ops.Security;

/// <summary>Who sends a request, as its claims say.</summary>
public static class Caller
{
    internal const string ViaClaim = "via";
    internal const string SessionVersionClaim = "session_version";
    internal const string MustChangePasswordClaim = "must_change_password";

    /// <summary>The name for histories and the audit log: a user's, <c>token:NAME</c>, or <c>workspace</c>.</summary>
    public static string Actor(this ClaimsPrincipal caller) => caller.Identity?.Name ?? "anonymous";

    internal static Identity ToIdentity(this ClaimsPrincipal caller) => new(
        caller.Actor(), caller.FindFirstValue(ClaimTypes.Role) ?? "", caller.FindFirstValue(ViaClaim) ?? "",
        caller.HasClaim(MustChangePasswordClaim, "true"));

    internal static ClaimsPrincipal Of(Account account, string scheme) => Principal(
        scheme, account.Name, account.Role, "cookie",
        new Claim(SessionVersionClaim, $"{account.SessionVersion}"),
        new Claim(MustChangePasswordClaim, account.MustChangePassword ? "true" : "false"));

    internal static ClaimsPrincipal Of(TokenView token, string scheme) =>
        Principal(scheme, $"token:{token.Name}", token.Role, "token");

    internal static ClaimsPrincipal Workspace(string scheme) => Principal(scheme, "workspace", Policies.Admin, "workspace");

    private static ClaimsPrincipal Principal(string scheme, string name, string role, string via, params Claim[] more) =>
        new(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, role), new Claim(ViaClaim, via), .. more], scheme));
}
