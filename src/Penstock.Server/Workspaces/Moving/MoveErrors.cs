using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.Server.Workspaces.Moving;

/// <summary>The workspace in which the command was given keeps its jobs in a file, too.</summary>
public sealed class MoveTargetEmbeddedException(string folder) : PenstockException(
    "move-target-embedded",
    $"The workspace {folder} keeps its jobs in a file (store.kind is sqlite), so there is nowhere to move to. " +
    "Name a PostgreSQL database in its penstock.yaml (store.kind: postgres, store.url), or choose another workspace with --workspace.");

/// <summary>The folder named is no workspace with a database of its own.</summary>
public sealed class MoveSourceException(string folder, string reason) : PenstockException(
    "move-source-unfit", $"{folder} cannot be moved from: {reason} Nothing was changed.");

/// <summary>The target has an artifact of the same name with other bytes.</summary>
public sealed class MoveArtifactDiffersException(Artifact here, Artifact there) : PenstockException(
    "move-artifact-differs",
    $"The artifact '{here.Name}' is in this workspace already with other content ({there.SizeBytes} bytes, SHA-256 {there.Sha256}; " +
    $"in the old one {here.SizeBytes} bytes, {here.Sha256}). It was not replaced, and no rows were moved. " +
    "Delete or rename one of them, or use a bucket or prefix of its own; then run the command again.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}
