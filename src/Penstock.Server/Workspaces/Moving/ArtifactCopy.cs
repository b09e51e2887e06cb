using Penstock.Engine.Storage;
using Penstock.Postgres.Moving;

namespace Penstock.Server.Workspaces.Moving;

/// <summary>All artifacts of one store into another, by name; what is there already stays. So it can be run again.</summary>
internal static class ArtifactCopy
{
    private const int PageSize = 1_000;

    public static async Task<MovedArtifacts> RunAsync(
        IArtifactStore source, IArtifactStore target, Action<MoveProgress> tell, CancellationToken cancellationToken)
    {
        List<Artifact> wanted = await ListAsync(source, cancellationToken);
        // First all comparisons: a name that is taken is found before anything is written.
        List<Artifact> missing = Missing(wanted, await ListAsync(target, cancellationToken));
        for (int i = 0; i < missing.Count; i++)
        {
            tell(new MoveProgress(MoveStage.Artifacts, $"copying {missing[i].Name}", i, missing.Count));
            await CopyAsync(missing[i], source, target, cancellationToken);
        }
        if (missing.Count > 0)
        {
            tell(new MoveProgress(MoveStage.Artifacts, "artifacts", missing.Count, missing.Count));
            if (Missing(wanted, await ListAsync(target, cancellationToken)).FirstOrDefault() is { } lost)
                throw new ArtifactNotFoundException(lost.Name);
        }
        return new MovedArtifacts(wanted.Count, missing.Count, wanted.Sum(a => a.SizeBytes));
    }

    private static List<Artifact> Missing(List<Artifact> wanted, List<Artifact> present)
    {
        Dictionary<string, Artifact> byName = present.ToDictionary(a => a.Name, StringComparer.Ordinal);
        List<Artifact> missing = [];
        foreach (Artifact artifact in wanted)
        {
            if (!byName.TryGetValue(artifact.Name, out Artifact? there))
                missing.Add(artifact);
            else if (!IsEqual(artifact, there))
                throw new MoveArtifactDiffersException(artifact, there);
        }
        return missing;
    }

    private static async Task CopyAsync(Artifact artifact, IArtifactStore source, IArtifactStore target, CancellationToken cancellationToken)
    {
        Artifact stored;
        await using (Stream content = await source.OpenAsync(artifact.Name, cancellationToken))
            stored = await target.PutAsync(artifact.Name, content, artifact.MediaType, cancellationToken);
        if (IsEqual(artifact, stored))
            return;
        // A damaged file must not become a sound-looking one.
        await target.DeleteAsync(artifact.Name, CancellationToken.None);
        throw new ArtifactCorruptException(
            artifact.Name,
            $"in the old workspace it has {stored.SizeBytes} bytes, SHA-256 {stored.Sha256}, where its record says {artifact.SizeBytes} bytes, {artifact.Sha256}.");
    }

    private static async Task<List<Artifact>> ListAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        List<Artifact> all = [];
        while (true)
        {
            IReadOnlyList<Artifact> page = await store.ListAsync("", all.LastOrDefault()?.Name, PageSize, cancellationToken);
            all.AddRange(page);
            if (page.Count < PageSize)
                return all;
        }
    }

    private static bool IsEqual(Artifact one, Artifact other) => (one.Sha256, one.SizeBytes) == (other.Sha256, other.SizeBytes);
}

/// <param name="Count">Of the old workspace; all are in the new one.</param>
/// <param name="Copied">Those that were not there before.</param>
/// <param name="SizeBytes">Of all of them.</param>
public sealed record MovedArtifacts(int Count, int Copied, long SizeBytes);
