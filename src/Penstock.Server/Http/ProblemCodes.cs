namespace Penstock.Server.Http;

/// <summary>Codes of errors that arise before any operation of the product is reached.</summary>
internal static class ProblemCodes
{
    public const string BodyMalformed = "body-malformed";
    public const string BodyMissing = "body-missing";
    public const string BodyTooLarge = "body-too-large";
    public const string InternalError = "internal-error";
    public const string MethodNotAllowed = "method-not-allowed";
    public const string ParameterMalformed = "parameter-malformed";
    public const string ParameterMissing = "parameter-missing";
    public const string PathUnknown = "path-unknown";
    public const string RequestMalformed = "request-malformed";
    public const string TooManyRequests = "too-many-requests";
}
