namespace Penstock.Engine.Storage;

/// <summary>Files by content: datasets, ontologies, models, results. The same bytes are kept once.</summary>
public interface IArtifactStore
{
    /// <summary>Stores the whole stream under a logical name; replaces what the name pointed to, never the bytes.</summary>
    /// <exception cref="ArtifactStorageFullException">No space: nothing was stored.</exception>
    Task<Artifact> PutAsync(string name, Stream content, string mediaType, CancellationToken cancellationToken);

    /// <exception cref="ArtifactNotFoundException"/>
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
    "storage-full", $"No space is left to store '{name}'; nothing was kept. Free space on the data disk and try again.", inner)
{
    public override ErrorKind Kind => ErrorKind.StorageFull;
}
