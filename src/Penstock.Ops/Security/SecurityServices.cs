using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

internal static class SecurityServices
{
    /// <summary>For <c>RequireRateLimiting</c>: endpoints that hash a password.</summary>
    public const string PasswordLimit = "passwords";

    private const string EitherScheme = "penstock";

    /// <summary>A hash costs a tenth of a second of a processor; strangers must not keep all of them busy.</summary>
    private const int PasswordsAtOnce = 2;
    private const int PasswordsWaiting = 20;

    public static void AddSecurity(this IServiceCollection services)
    {
        services.AddOptions<SecurityOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<Accounts>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<FirstAdmin>();
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();
        services.AddDataProtection().SetApplicationName("penstock");
        services.AddSingleton<IConfigureOptions<Microsoft.AspNetCore.DataProtection.KeyManagement.KeyManagementOptions>, SessionKeys>();

        services.AddRateLimiter(limits =>
        {
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.AddConcurrencyLimiter(PasswordLimit, limit => (limit.PermitLimit, limit.QueueLimit) = (PasswordsAtOnce, PasswordsWaiting));
        });
        services.AddAuthentication(EitherScheme)
            .AddPolicyScheme(EitherScheme, null, either => either.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, BearerTokenHandler>(BearerTokenHandler.SchemeName, null)
            .AddCookie(SessionCookie.SchemeName);
        services.AddAuthorization(authorization =>
        {
            foreach (string policy in Roles.All)
                authorization.AddPolicy(policy, rule => rule.RequireAuthenticatedUser().RequireRole(Roles.Satisfying(policy)));
        });
    }

    public static void UseSecurity(this IApplicationBuilder app)
    {
        app.UseRateLimiter();
        app.UseMiddleware<SameOriginRule>();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>A header wins over a cookie: whoever sends one means it.</summary>
    private static string SchemeOf(HttpContext context) =>
        context.Request.Headers.Authorization.Count > 0 || !context.Request.Cookies.ContainsKey(SessionCookie.CookieName)
            ? BearerTokenHandler.SchemeName
            : SessionCookie.SchemeName;
}
