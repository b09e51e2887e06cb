using Amazon.Runtime;

namespace Penstock.S3;

/// <summary>The HTTP connections of one store. Bodies are sent without asking first.</summary>
/// <remarks>
/// The client library asks <c>Expect: 100-continue</c> before each body. Ceph's gateway, when it refuses such a request, takes for
/// granted that no body follows; the client sends it all the same after a second without an answer. On a busy machine both happen,
/// the gateway reads the body as the next request, and a later request that has nothing to do with it is answered 400. Seen as one
/// failed test in three under load.
/// </remarks>
internal sealed class S3Connections : HttpClientFactory, IDisposable
{
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;

    public S3Connections(S3Options options) => _client = new HttpClient(
        new WithoutAsking
        {
            InnerHandler = new SocketsHttpHandler
            {
                // A redirect has to be signed anew, which only the client library can do.
                AllowAutoRedirect = false,
                ConnectTimeout = options.RequestTimeout < ConnectMax ? options.RequestTimeout : ConnectMax,
                // So that a server that moved to another address is found again.
                PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            },
        })
    {
        Timeout = options.RequestTimeout,
    };

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();

    private sealed class WithoutAsking : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.ExpectContinue = false;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
