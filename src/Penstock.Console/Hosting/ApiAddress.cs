using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Penstock.Console.Hosting;

/// <summary>Finds the address under which this very process answers its own API.</summary>
internal static class ApiAddress
{
    /// <summary>The given address, else the best of the server's own, over loopback where it listens on every interface.</summary>
    /// <exception cref="InvalidOperationException">No address was given and the server listens on none.</exception>
    public static Uri Find(ConsoleOptions options, IServer server)
    {
        if (options.ApiAddress is { } given)
            return given;
        if (options.ApiHandler is not null)
            return new Uri("http://localhost/");
        ICollection<string> addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        // Plain HTTP first: over loopback, TLS would only add a certificate that may not name this host.
        string? address = addresses.Order(StringComparer.Ordinal).FirstOrDefault(text => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            ?? addresses.FirstOrDefault();
        return address is null
            ? throw new InvalidOperationException("The console cannot find its API: this server listens on no address. Set ConsoleOptions.ApiAddress.")
            : OverLoopback(address);
    }

    /// <summary><c>http://[::]:8080</c>, <c>http://*:8080</c> and <c>http://0.0.0.0:8080</c> all become <c>http://127.0.0.1:8080/</c>.</summary>
    internal static Uri OverLoopback(string address)
    {
        string text = address
            .Replace("://*", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://+", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal);
        return new Uri(text.EndsWith('/') ? text : text + "/");
    }
}
