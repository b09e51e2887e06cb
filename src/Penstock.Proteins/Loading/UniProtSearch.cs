using System.Net;
using Penstock.Proteins.Sequences;

namespace Penstock.Proteins.Loading;

/// <summary>Reads UniProt's search results page by page, trying a page again when the service is busy.</summary>
internal sealed class UniProtSearch(ProteinHttp http, ProteinOptions options, TimeProvider time, Random random)
{
    private static readonly HttpStatusCode[] Busy =
    [
        HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError, HttpStatusCode.BadGateway,
        HttpStatusCode.ServiceUnavailable, HttpStatusCode.GatewayTimeout,
    ];

    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="onRetry">Told before each wait.</param>
    /// <exception cref="SourceException">The service refused, or stayed busy through all retries.</exception>
    public async Task<UniProtPage> FetchAsync(
        UniProtQuery query, string? cursor, Func<UniProtRetry, Task> onRetry, CancellationToken cancellationToken)
    {
        string address = Address(query, cursor);
        for (int attempt = 1; ; attempt++)
        {
            UniProtRetry retry;
            try
            {
                using CancellationTokenSource limit = new(query.Timeout, time);
                using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
                using HttpResponseMessage response = await SendAsync(query, address, linked.Token);
                if (response.IsSuccessStatusCode)
                    return await ReadAsync(response, attempt, linked.Token);
                if (!Busy.Contains(response.StatusCode))
                    throw SourceException.Refused(address, (int)response.StatusCode);
                retry = AfterStatus(query, attempt, response);
            }
            catch (Exception error) when (IsNetworkError(error) && !cancellationToken.IsCancellationRequested)
            {
                retry = new UniProtRetry(attempt, Backoff(query, attempt), $"request_exception:{error.GetType().Name}");
            }
            if (attempt > query.MaxRetries)
                throw SourceException.Unreachable(address, $"{retry.Reason} after {attempt} attempts", null);
            await onRetry(retry);
            await Task.Delay(retry.Wait, time, cancellationToken);
        }
    }

    private static bool IsNetworkError(Exception error) =>
        error is HttpRequestException or IOException or OperationCanceledException;

    private Task<HttpResponseMessage> SendAsync(UniProtQuery query, string address, CancellationToken cancellationToken)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        if (!request.Headers.TryAddWithoutValidation("User-Agent", query.UserAgent))
            throw SourceException.Invalid(query.UserAgent);
        return http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private string Address(UniProtQuery query, string? cursor)
    {
        string address = $"{options.UniProtSearchUrl}?format=fasta&query={Uri.EscapeDataString(query.SearchCriteria)}&size={query.PageSize}";
        if (query.IncludeIsoforms)
            address += "&includeIsoform=true";
        if (query.Compressed)
            address += "&compressed=true";
        return cursor is null ? address : $"{address}&cursor={cursor}";
    }

    private static async Task<UniProtPage> ReadAsync(HttpResponseMessage response, int requests, CancellationToken cancellationToken)
    {
        List<UniProtRecord> records = [];
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (UniProtRecord record in FastaParser.ReadUniProtAsync(body, new FastaCounts(), cancellationToken))
            records.Add(record);
        long? total = response.Headers.TryGetValues("X-Total-Results", out IEnumerable<string>? totals)
            && long.TryParse(totals.First(), out long parsed) ? parsed : null;
        string? next = response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? NextCursor(string.Join(", ", links)) : null;
        return new UniProtPage(records, next, total, requests);
    }

    /// <summary>The cursor of <c>&lt;...&amp;cursor=X&gt;; rel="next"</c>; null on the last page.</summary>
    internal static string? NextCursor(string link)
    {
        const string Mark = "cursor=";
        int at = link.Contains("rel=\"next\"", StringComparison.Ordinal) ? link.LastIndexOf(Mark, StringComparison.Ordinal) : -1;
        if (at < 0)
            return null;
        string rest = link[(at + Mark.Length)..];
        int end = rest.IndexOfAny(['>', '&']);
        return end < 0 ? rest : rest[..end];
    }

    private UniProtRetry AfterStatus(UniProtQuery query, int attempt, HttpResponseMessage response)
    {
        string? asked = response.Headers.TryGetValues("Retry-After", out IEnumerable<string>? values) ? values.First().Trim() : null;
        return asked is { Length: > 0 and < 9 } && asked.All(char.IsAsciiDigit)
            ? new UniProtRetry(attempt, TimeSpan.FromSeconds(Math.Min(int.Parse(asked), query.BackoffMaxSeconds)), "retry_after")
            : new UniProtRetry(attempt, Backoff(query, attempt), $"status_{(int)response.StatusCode}");
    }

    private TimeSpan Backoff(UniProtQuery query, int attempt)
    {
        double plain = Math.Min(query.BackoffBaseSeconds * Math.Pow(2, attempt - 1), query.BackoffMaxSeconds);
        lock (random)
            return TimeSpan.FromSeconds(plain + random.NextDouble() * query.JitterSeconds);
    }
}

/// <summary>What to search for, and how patiently.</summary>
internal sealed record UniProtQuery(
    string SearchCriteria, int PageSize, bool IncludeIsoforms, bool Compressed, TimeSpan Timeout, int MaxRetries,
    double BackoffBaseSeconds, double BackoffMaxSeconds, double JitterSeconds, string UserAgent);

/// <param name="NextCursor">Null on the last page.</param>
/// <param name="TotalResults">Of the whole search, where the service says it.</param>
/// <param name="Requests">Sent for this page, retries included.</param>
internal sealed record UniProtPage(IReadOnlyList<UniProtRecord> Records, string? NextCursor, long? TotalResults, int Requests);

/// <param name="Reason"><c>retry_after</c>, <c>status_NNN</c> or <c>request_exception:TYPE</c>.</param>
internal sealed record UniProtRetry(int Attempt, TimeSpan Wait, string Reason);
