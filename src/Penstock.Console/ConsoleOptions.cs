namespace Penstock.Console;

/// <summary>Where the console finds the HTTP API it shows.</summary>
public sealed class ConsoleOptions
{
    /// <summary>
    /// Base address of the API, such as <c>http://127.0.0.1:8080/</c>. Null (the default): the first address this very
    /// server listens on, reached over loopback.
    /// </summary>
    public Uri? ApiAddress { get; set; }

    /// <summary>Carries the calls to the API. Null (the default): sockets. A test gives its in-memory server's handler.</summary>
    public HttpMessageHandler? ApiHandler { get; set; }

    /// <summary>Longest wait for one answer of the API. Default 30 s; after it the page says that the API does not answer.</summary>
    public TimeSpan ApiTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
