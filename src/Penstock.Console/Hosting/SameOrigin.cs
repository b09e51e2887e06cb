using Microsoft.AspNetCore.Http;

namespace Penstock.Console.Hosting;

/// <summary>Whether a form was sent by a page of this very server, so that no other site can act with the reader's cookie.</summary>
/// <remarks>
/// The browser writes these headers and no page can forge them. Only hosts are compared: behind a proxy that ends TLS the
/// scheme seen here is not the one in the address bar. A request with neither header comes from no current browser's form
/// and is refused: programs have the HTTP API.
/// </remarks>
internal static class SameOrigin
{
    public static bool Allows(HttpRequest request)
    {
        string? site = request.Headers["Sec-Fetch-Site"];
        if (site is not (null or "same-origin" or "none"))
            return false;
        string? origin = request.Headers.Origin;
        if (string.IsNullOrEmpty(origin))
            return site is not null;
        return Uri.TryCreate(origin, UriKind.Absolute, out Uri? address)
            && string.Equals(address.Authority, WithoutDefaultPort(request.Host, address.Scheme), StringComparison.OrdinalIgnoreCase);
    }

    // "example.org:443" and "https://example.org" are the same place; Uri.Authority leaves a default port out.
    private static string WithoutDefaultPort(HostString host, string scheme) =>
        Uri.TryCreate($"{scheme}://{host.Value}", UriKind.Absolute, out Uri? address) ? address.Authority : "";
}
