using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Penstock.Ops.Security;

/// <summary>Log-in by cookie, for browsers. Every request looks at the account, so that disabling it holds at once.</summary>
internal sealed class SessionCookie(IOptions<SecurityOptions> options, TimeProvider time)
    : IConfigureNamedOptions<CookieAuthenticationOptions>
{
    public const string SchemeName = "session";
    public const string CookieName = "penstock_session";

    public void Configure(string? name, CookieAuthenticationOptions cookie)
    {
        if (name != SchemeName)
            return;
        cookie.TimeProvider = time;
        cookie.Cookie.Name = CookieName;
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Strict;
        // On plain HTTP too: the embedded server listens on loopback; behind TLS the flag is set.
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.Cookie.Path = "/";
        cookie.ExpireTimeSpan = options.Value.SessionTime;
        cookie.SlidingExpiration = true;
        cookie.Events = new CookieAuthenticationEvents
        {
            OnValidatePrincipal = ValidateAsync,
            OnRedirectToLogin = _ => throw new SignInRequiredException(),
            OnRedirectToAccessDenied = context => throw new RoleTooLowException(
                context.HttpContext.User.Actor(), context.HttpContext.User.FindFirstValue(ClaimTypes.Role) ?? "none"),
        };
    }

    public void Configure(CookieAuthenticationOptions cookie) => Configure(Options.DefaultName, cookie);

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        ClaimsPrincipal caller = context.Principal!;
        Accounts accounts = context.HttpContext.RequestServices.GetRequiredService<Accounts>();
        Account? account = await accounts.FindAsync(caller.Actor(), context.HttpContext.RequestAborted);
        if (account is { Disabled: false } && caller.HasClaim(Caller.SessionVersionClaim, $"{account.SessionVersion}"))
            return;
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(SchemeName);
    }
}
