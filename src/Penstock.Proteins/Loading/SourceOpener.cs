using Penstock.Engine.Storage;

namespace Penstock.Proteins.Loading;

/// <summary>Opens what a load names: a web address, an artifact, or a file on the server.</summary>
/// <remarks>
/// Whoever may start a load makes the server fetch the address, inside the server's network too; so loading asks for the
/// operator role. Other schemes than http, https and file are refused.
/// </remarks>
internal sealed class SourceOpener(ProteinHttp http, IArtifactStore artifacts, ProteinOptions options, TimeProvider time)
{
    public const string ArtifactPrefix = "artifact:";

    /// <summary>Checks the form of a source without opening it.</summary>
    /// <exception cref="SourceException">source-invalid, source-not-allowed.</exception>
    public void Check(string source)
    {
        if (IsArtifact(source) || WebAddress(source) is not null)
            return;
        if (LocalPath(source) is null)
            throw SourceException.Invalid(source);
        if (!options.AllowLocalFiles)
            throw SourceException.LocalNotAllowed(source);
    }

    /// <summary>Opens a source from its first byte; the caller disposes it.</summary>
    /// <param name="timeout">Longest wait for an answer or for more bytes; not for the whole.</param>
    /// <exception cref="SourceException"/>
    /// <exception cref="ArtifactNotFoundException"/>
    public async Task<Stream> OpenAsync(string source, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Check(source);
        if (IsArtifact(source))
            return await artifacts.OpenAsync(source[ArtifactPrefix.Length..], cancellationToken);
        return WebAddress(source) is { } address
            ? await FetchAsync(address, timeout, cancellationToken)
            : OpenLocal(LocalPath(source)!);
    }

    private static bool IsArtifact(string source) =>
        source.StartsWith(ArtifactPrefix, StringComparison.Ordinal) && source.Length > ArtifactPrefix.Length;

    private static Uri? WebAddress(string source) =>
        Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? address
            : null;

    private static string? LocalPath(string source)
    {
        if (Path.IsPathFullyQualified(source))
            return source;
        return Uri.TryCreate(source, UriKind.Absolute, out Uri? address) && address.IsFile && address.IsLoopback ? address.LocalPath : null;
    }

    private static FileStream OpenLocal(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw SourceException.NotFound(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw SourceException.Unreachable(path, unreadable.Message, unreadable);
        }
    }

    private async Task<Stream> FetchAsync(Uri address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = new(timeout, time);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await http.Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, linked.Token);
        }
        catch (HttpRequestException error)
        {
            throw SourceException.Unreachable(address.ToString(), error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw SourceException.Unreachable(address.ToString(), $"no answer within {timeout.TotalSeconds:F0} s", error);
        }
        int status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            response.Dispose();
            throw status is 429 or >= 500
                ? SourceException.Unreachable(address.ToString(), $"its server answered {status}", null)
                : SourceException.Refused(address.ToString(), status);
        }
        return new StallGuardedStream(await response.Content.ReadAsStreamAsync(cancellationToken), address.ToString(), timeout, time);
    }
}
