using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Penstock.Client;
using Penstock.Client.Errors;
using Penstock.Engine;

namespace Penstock.Server.Http;

/// <summary>What an error becomes on the wire.</summary>
internal static partial class Problem
{
    public static ProblemView Of(Exception error, HttpContext context) => error switch
    {
        PenstockException known => New(StatusOf(known.Kind), known.Code, known.Message, context),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => New(
            StatusCodes.Status413PayloadTooLarge, ProblemCodes.BodyTooLarge,
            "The request body is larger than this endpoint takes. Send less, or raise server.max_body_bytes for uploads.", context),
        BadHttpRequestException { InnerException: JsonException json } => New(
            StatusCodes.Status400BadRequest, ProblemCodes.BodyMalformed, $"The body is not the JSON this endpoint takes: {json.Message}", context),
        BadHttpRequestException bad => OfBinding(bad, context),
        _ => New(
            StatusCodes.Status500InternalServerError, ProblemCodes.InternalError,
            "Something failed that this program does not foresee. The log has the cause under the trace id.", context),
    };

    /// <summary>For answers that only have a status.</summary>
    public static ProblemView Of(int status, HttpContext context)
    {
        string request = $"{context.Request.Method} {context.Request.Path}";
        return status switch
        {
            StatusCodes.Status404NotFound => New(
                status, ProblemCodes.PathUnknown, $"There is nothing at {request}. The API is described at /openapi/v1.json.", context),
            StatusCodes.Status405MethodNotAllowed => New(
                status, ProblemCodes.MethodNotAllowed, $"{request} is not possible; allowed: {context.Response.Headers.Allow}.", context),
            StatusCodes.Status413PayloadTooLarge => New(
                status, ProblemCodes.BodyTooLarge, "The request body is larger than this endpoint takes.", context),
            StatusCodes.Status429TooManyRequests => New(
                status, ProblemCodes.TooManyRequests, $"{request} is asked for too often at the moment. Try again in some seconds.", context),
            _ => New(status, ProblemCodes.RequestMalformed, $"{request} was answered with {status} {ReasonPhrases.GetReasonPhrase(status)}.", context),
        };
    }

    public static async Task WriteAsync(ProblemView problem, HttpContext context)
    {
        HttpResponse response = context.Response;
        response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer realm=\"penstock\"";
        response.Headers.CacheControl = "no-store";
        await response.WriteAsJsonAsync(problem, PenstockJson.Options, "application/problem+json", context.RequestAborted);
    }

    private static ProblemView OfBinding(BadHttpRequestException bad, HttpContext context)
    {
        if (BindingFailure().Match(bad.Message) is { Success: true } binding)
        {
            string parameter = JsonNamingPolicy.SnakeCaseLower.ConvertName(binding.Groups["name"].Value);
            return New(
                StatusCodes.Status400BadRequest, ProblemCodes.ParameterMalformed,
                $"{parameter} is '{binding.Groups["value"].Value}', which is no {Words(binding.Groups["type"].Value)}.", context);
        }
        if (bad.Message.Contains("no body was provided", StringComparison.Ordinal))
            return New(StatusCodes.Status400BadRequest, ProblemCodes.BodyMissing, "This endpoint takes a JSON body and got none.", context);
        if (MissingParameter().Match(bad.Message) is { Success: true } missing)
        {
            string parameter = JsonNamingPolicy.SnakeCaseLower.ConvertName(missing.Groups["name"].Value);
            return New(StatusCodes.Status400BadRequest, ProblemCodes.ParameterMissing, $"{parameter} is missing.", context);
        }
        return New(bad.StatusCode, ProblemCodes.RequestMalformed, bad.Message, context);
    }

    private static ProblemView New(int status, string code, string detail, HttpContext context) =>
        new($"urn:penstock:error:{code}", ReasonPhrases.GetReasonPhrase(status), status, detail, code, context.TraceIdentifier);

    private static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.Invalid => StatusCodes.Status422UnprocessableEntity,
        ErrorKind.Malformed => StatusCodes.Status400BadRequest,
        ErrorKind.NotSignedIn => StatusCodes.Status401Unauthorized,
        ErrorKind.NotAllowed => StatusCodes.Status403Forbidden,
        ErrorKind.NotFound => StatusCodes.Status404NotFound,
        ErrorKind.Conflict => StatusCodes.Status409Conflict,
        ErrorKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        ErrorKind.StorageFull => StatusCodes.Status507InsufficientStorage,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of error has no status."),
    };

    private static string Words(string type) => (type.StartsWith("Nullable<", StringComparison.Ordinal) ? type[9..^1] : type.TrimEnd('?')) switch
    {
        "Guid" => "UUID",
        "int" or "long" => "whole number",
        "double" => "number",
        "bool" => "'true' or 'false'",
        "DateTimeOffset" => "ISO 8601 instant",
        string other => other,
    };

    // The framework says which parameter failed only in its text; a test holds each of these forms.
    [GeneratedRegex("^Failed to bind parameter \"(?<type>[^ ]+) (?<name>\\w+)\" from \"(?<value>.*)\"\\.$", RegexOptions.Singleline)]
    private static partial Regex BindingFailure();

    [GeneratedRegex("^Required parameter \"[^ ]+ (?<name>\\w+)\" was not provided")]
    private static partial Regex MissingParameter();
}
