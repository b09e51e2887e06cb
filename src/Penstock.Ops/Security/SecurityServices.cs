using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

internal static class SecurityServices
{
    /// <summary>For <c>RequireRateLimiting</c>: endpoints that hash a password.</summary>
    public const string PasswordLimit = "passwords";

    private const string EitherScheme = "penstock";

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
            limits.AddPolicy(PasswordLimit, context => RateLimitPartition.GetConcurrencyLimiter(PasswordLimit, _ => LimitOf(context)));
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

    private static ConcurrencyLimiterOptions LimitOf(HttpContext context)
    {
        SecurityOptions options = context.RequestServices.GetRequiredService<IOptions<SecurityOptions>>().Value;
        return new ConcurrencyLimiterOptions { PermitLimit = options.PasswordsAtOnce, QueueLimit = options.PasswordsWaiting };
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
