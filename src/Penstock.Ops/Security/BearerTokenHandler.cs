using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

/// <summary><c>Authorization: Bearer TOKEN</c>, with a token of the table or the workspace's own.</summary>
internal sealed class BearerTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder,
    AccessTokens tokens, IOptions<SecurityOptions> options)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    public const string SchemeName = "bearer";
    private const string Lead = "Bearer ";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Lead, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        string secret = header[Lead.Length..].Trim();
        try
        {
            ClaimsPrincipal caller = IsWorkspaceToken(secret)
                ? Caller.Workspace(SchemeName)
                : Caller.Of(await tokens.VerifyAsync(secret, Context.RequestAborted), SchemeName);
            return AuthenticateResult.Success(new AuthenticationTicket(caller, SchemeName));
        }
        catch (TokenRefusedException refusal)
        {
            // Kept for the challenge: an endpoint that is open to everyone answers a bad token like no token.
            return AuthenticateResult.Fail(refusal);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        AuthenticateResult result = await HandleAuthenticateOnceSafeAsync();
        throw result.Failure as TokenRefusedException as Exception ?? new SignInRequiredException();
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        throw new RoleTooLowException(Context.User.Actor(), Context.User.FindFirstValue(ClaimTypes.Role) ?? "none");

    private bool IsWorkspaceToken(string secret) =>
        options.Value.WorkspaceToken is { Length: > 0 } own
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(own), Encoding.UTF8.GetBytes(secret));
}
