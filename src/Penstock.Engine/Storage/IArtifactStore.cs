namespace Penstock.Engine.Storage;

/// <summary>Files by content: datasets, ontologies, models, results. The same bytes are kept once.</summary>
public interface IArtifactStore
{
    /// <summary>Stores the whole stream under a logical name; replaces what the name pointed to, never the bytes.</summary>
    /// <remarks>Readers see the old artifact or the new one. Of two puts under one name at once, one wins.</remarks>
    /// <exception cref="ArtifactStorageFullException">No space: nothing was stored.</exception>
    Task<Artifact> PutAsync(string name, Stream content, string mediaType, CancellationToken cancellationToken);

    /// <summary>The content from its first byte; the caller disposes it.</summary>
    /// <exception cref="ArtifactNotFoundException"/>
    /// <exception cref="ArtifactCorruptException">
    /// The stored bytes are not those that were put. A store that can only tell by reading throws it in place of the end of the stream.
    /// </exception>
    Task<Stream> OpenAsync(string name, CancellationToken cancellationToken);
    Task<Artifact?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>By name prefix, ordinal order of names, from after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<Artifact>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken);
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken);
}

/// <param name="Name">Logical path such as <c>proteins/ontology/releases_2022-07-01.obo</c>.</param>
/// <param name="Sha256">Lower-case hex of the content.</param>
public sealed record Artifact(string Name, string Sha256, long SizeBytes, string MediaType, DateTimeOffset CreatedAt);

public sealed class ArtifactNotFoundException(string name) : PenstockException(
    "artifact-not-found", $"There is no artifact '{name}'. List artifacts to see the names.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class ArtifactStorageFullException(string name, Exception inner) : PenstockException(
    "storage-full", $"No space is left to store '{name}'; nothing was kept. Free space where artifacts are stored and try again.", inner)
{
    public override ErrorKind Kind => ErrorKind.StorageFull;
}

/// <summary>The bytes in the store are not those that were put under the name.</summary>
public sealed class ArtifactCorruptException(string name, string detail) : PenstockException(
    "artifact-corrupt",
    $"The stored content of '{name}' is not what was put: {detail} Store the file again; that replaces the damaged copy.")
{
    public override ErrorKind Kind => ErrorKind.Unavailable;
}
