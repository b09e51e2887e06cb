using Penstock.Engine;

namespace Penstock.Proteins.Loading;

/// <summary>A file or address to load from cannot be used.</summary>
public sealed class SourceException : PenstockException
{
    private readonly ErrorKind _kind;

    private SourceException(string code, ErrorKind kind, string message, Exception? inner = null)
        : base(code, message, inner)
    {
        _kind = kind;
    }

    public override ErrorKind Kind => _kind;

    internal static SourceException Invalid(string source) => new(
        "source-invalid", ErrorKind.Invalid,
        $"'{source}' is no source to load from. Give an http or https address, artifact:NAME, or a full path on the server.");

    internal static SourceException LocalNotAllowed(string source) => new(
        "source-not-allowed", ErrorKind.Invalid,
        $"'{source}' is a path on the server, which proteins.allow_local_files forbids. Upload the file as an artifact and give artifact:NAME.");

    internal static SourceException NotFound(string source) => new(
        "source-not-found", ErrorKind.NotFound, $"There is no file '{source}' on the server. Check the path.");

    // Not Unavailable: that would put the job back again and again; a wrong host name must fail where people see it.
    internal static SourceException Unreachable(string source, string reason, Exception? inner) => new(
        "source-unreachable", ErrorKind.Invalid, $"'{source}' cannot be fetched: {reason}. Redrive the job when it is back, or load a local copy.", inner);

    internal static SourceException Refused(string source, int status) => new(
        "source-refused", ErrorKind.Invalid, $"The server of '{source}' answered {status}. Check the address.");
}
