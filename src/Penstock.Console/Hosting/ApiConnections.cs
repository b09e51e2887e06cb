using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Penstock.Client;

namespace Penstock.Console.Hosting;

/// <summary>Makes a client of the API for each request, with the credentials that request came with.</summary>
/// <remarks>All share one pool of connections. Cookies are forwarded, never kept: two readers must not mix.</remarks>
internal sealed class ApiConnections(IOptions<ConsoleOptions> options, IServer server, TimeProvider time) : IDisposable
{
    private readonly HttpMessageHandler _handler = options.Value.ApiHandler
        ?? new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false };

    // The server's addresses are known only once it has started.
    private readonly Lazy<Uri> _address = new(() => ApiAddress.Find(options.Value, server));

    public PenstockClient Open(HttpContext context)
    {
        HttpClient http = new(_handler, disposeHandler: false)
        {
            BaseAddress = _address.Value,
            Timeout = options.Value.ApiTimeout,
        };
        Forward(context.Request.Headers.Cookie, "Cookie", http);
        Forward(context.Request.Headers.Authorization, "Authorization", http);
        // The console has checked the origin of the form itself; to the API the call comes from its own address.
        http.DefaultRequestHeaders.TryAddWithoutValidation("Origin", _address.Value.GetLeftPart(UriPartial.Authority));
        return new PenstockClient(http, time);
    }

    public void Dispose()
    {
        if (options.Value.ApiHandler is null)
            _handler.Dispose();
    }

    private static void Forward(string? value, string header, HttpClient http)
    {
        if (!string.IsNullOrEmpty(value))
            http.DefaultRequestHeaders.TryAddWithoutValidation(header, value);
    }
}
