using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Penstock.Client.Errors;

namespace Penstock.Client;

/// <summary>Typed access to a Penstock server over HTTP.</summary>
/// <remarks>
/// Holds no state besides the given <see cref="HttpClient"/>, which carries the address and the credentials. Every method
/// throws <see cref="PenstockApiException"/> where the server refuses and <see cref="ServerUnreachableException"/> where none answers.
/// Pipelines add their endpoints as extension methods over <see cref="GetAsync{T}"/> and the others below.
/// </remarks>
public sealed partial class PenstockClient(HttpClient http, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public HttpClient Http { get; } = http;

    /// <summary>A client with its own connections.</summary>
    /// <param name="token">Bearer token; null: none, for endpoints that are open.</param>
    public static PenstockClient Connect(Uri address, string? token)
    {
        // Uploads and exports may take as long as they need; the cancellation token ends a call.
        HttpClient http = new() { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new PenstockClient(http);
    }

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, null, cancellationToken);

    /// <param name="body">Sent as JSON; null: no body.</param>
    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Post, path, Json(body), cancellationToken);

    public Task<T> PutAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Put, path, Json(body), cancellationToken);

    public Task<T> PatchAsync<T>(string path, object body, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Patch, path, Json(body), cancellationToken);

    public Task<T> DeleteAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Delete, path, null, cancellationToken);

    /// <summary>For answers without a body.</summary>
    public async Task SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response =
            await ExchangeAsync(method, path, content, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response =
            await ExchangeAsync(method, path, content, HttpCompletionOption.ResponseContentRead, cancellationToken);
        T? value = await response.Content.ReadFromJsonAsync<T>(PenstockJson.Options, cancellationToken);
        return value ?? throw new JsonException($"The answer to {method} {path} is null.");
    }

    /// <summary>The body as it comes: files and exports. The caller disposes it.</summary>
    public async Task<Stream> OpenAsync(string path, CancellationToken cancellationToken)
    {
        HttpResponseMessage response =
            await ExchangeAsync(HttpMethod.Get, path, null, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    private static JsonContent? Json(object? body) =>
        body is null ? null : JsonContent.Create(body, body.GetType(), mediaType: null, PenstockJson.Options);

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpMethod method, string path, HttpContent? content, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(method, path) { Content = content };
        HttpResponseMessage response;
        try
        {
            response = await Http.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw new ServerUnreachableException(Http.BaseAddress, error);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await RefusalAsync(response, cancellationToken);
    }

    /// <summary>Problem details where the server sent them; else what the status says (a proxy in between, say).</summary>
    private static async Task<PenstockApiException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        int status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && JsonSerializer.Deserialize<ProblemView>(text, PenstockJson.Options) is { } problem)
            return new PenstockApiException(response.StatusCode, problem.Code, problem.Title, problem.Detail, problem.TraceId);
        string detail = $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered {status} {response.ReasonPhrase}: {text}";
        return new PenstockApiException(response.StatusCode, $"http-{status}", response.ReasonPhrase ?? "", detail, null);
    }
}
