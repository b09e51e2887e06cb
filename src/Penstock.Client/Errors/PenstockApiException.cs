using System.Net;

namespace Penstock.Client.Errors;

/// <summary>The server refused a request.</summary>
public sealed class PenstockApiException(HttpStatusCode status, string code, string title, string detail, string? traceId)
    : Exception(detail)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>Stable, kebab-case, such as <c>job-not-found</c>; its section is in <c>docs/errors.md</c>.</summary>
    public string Code { get; } = code;
    public string Title { get; } = title;

    /// <summary>What happened, with the values, and what the reader can do.</summary>
    public string Detail => Message;

    /// <summary>Finds the request in the server's log.</summary>
    public string? TraceId { get; } = traceId;
}
