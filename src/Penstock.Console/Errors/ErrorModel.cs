using Microsoft.AspNetCore.Http;
using Penstock.Client.Errors;
using Penstock.Console.Hosting;

namespace Penstock.Console.Errors;

/// <summary>What an error page says.</summary>
/// <param name="Code">Stable, kebab-case.</param>
/// <param name="Detail">What happened, and what the reader can do.</param>
/// <param name="TraceId">Finds the request in the server's log.</param>
/// <param name="BackPath">Where to go from here.</param>
public sealed record ErrorModel(string Title, string Code, string Detail, string? TraceId, string BackPath, string BackText)
{
    internal static readonly ErrorModel ForeignForm = new(
        "This form came from another site", "foreign-form",
        "The browser says that another site sent this form, so nothing was done. Open the page here and send it again; behind a proxy, " +
        "check that it passes the Host header on.",
        null, ConsolePaths.Root, "Go to the overview");

    internal static ErrorModel NoPage(string path) => new(
        "There is no such page", "page-not-found", $"The console has no page at {path}. The menu lists the ones there are.",
        null, ConsolePaths.Root, "Go to the overview");

    internal static ErrorModel From(PenstockApiException error, HttpRequest request)
    {
        // A page of the console asks only for what its pipeline answers.
        if (error.Code == "path-unknown")
            return new ErrorModel(
                "This workspace has no such pipeline", "pipeline-absent",
                "The page belongs to a pipeline that this server does not run. Add it to `pipelines` in penstock.yaml and start the server again.",
                null, ConsolePaths.Root, "Go to the overview");
        (string path, string text) = Back(request);
        return new ErrorModel(error.Title.Length > 0 ? error.Title : "The request was refused", error.Code, error.Detail, error.TraceId, path, text);
    }

    internal static ErrorModel From(InvalidFormException error, HttpRequest request)
    {
        (string path, string text) = Back(request);
        return new ErrorModel("The form is not complete", "form-invalid", error.Message, null, path, text);
    }

    internal static ErrorModel From(ServerUnreachableException error) => new(
        "The API does not answer", error.Code, error.Message, null, ConsolePaths.Root, "Try again");

    internal static ErrorModel Slow(HttpRequest request)
    {
        (string path, string text) = Back(request);
        return new ErrorModel(
            "The API took too long", "api-timeout",
            "The API did not answer in time, so the page has nothing to show. It may be busy: see `penstock status`, and try again.", null, path, text);
    }

    // A form that failed leads back to the page that held it.
    private static (string Path, string Text) Back(HttpRequest request) =>
        HttpMethods.IsPost(request.Method)
        && Uri.TryCreate(request.Headers.Referer, UriKind.Absolute, out Uri? from)
        && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            ? (ConsoleCall.LocalPath(from.PathAndQuery, ConsolePaths.Root), "Go back to the form")
            : (ConsolePaths.Root, "Go to the overview");
}
