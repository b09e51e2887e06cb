using Microsoft.AspNetCore.Http;

namespace Penstock.Ops.Security;

/// <summary>Refuses changes that a page of another site sends with a browser's cookie, or while logging in.</summary>
/// <remarks>
/// Browsers write these headers and pages cannot forge them. Only hosts are compared: behind a proxy that ends TLS the scheme
/// differs. A request with neither header comes from a program: every browser sends Origin with a POST.
/// </remarks>
internal sealed class SameOriginRule(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        bool changes = !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method);
        bool bearer = request.Headers.Authorization.Count > 0;
        if (changes && !bearer && ForeignOrigin(request) is { } origin)
            throw new CrossSiteException(origin);
        return next(context);
    }

    private static string? ForeignOrigin(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        string origin = request.Headers.Origin.ToString();
        if (site is not ("" or "same-origin" or "none"))
            return origin.Length > 0 ? origin : site;
        if (origin.Length == 0)
            return null;
        bool same = Uri.TryCreate(origin, UriKind.Absolute, out Uri? sender)
            && Uri.TryCreate($"{sender.Scheme}://{request.Host.Value}", UriKind.Absolute, out Uri? own)
            && string.Equals(sender.Authority, own.Authority, StringComparison.OrdinalIgnoreCase);
        return same ? null : origin;
    }
}
