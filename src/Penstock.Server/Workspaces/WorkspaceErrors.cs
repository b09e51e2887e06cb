using Penstock.Engine;

namespace Penstock.Server.Workspaces;

public sealed class WorkspaceNotFoundException(string folder, bool searchedParents) : PenstockException(
    "workspace-not-found",
    $"There is no {Workspace.ConfigFileName} in {folder}{(searchedParents ? " or any folder above it" : "")}. " +
    "Make a workspace with 'penstock init', or name one with --workspace.")
{
    public override ErrorKind Kind => ErrorKind.NotFound;
}

public sealed class WorkspaceExistsException(string folder) : PenstockException(
    "workspace-exists",
    $"{folder} is a workspace already: it holds a {Workspace.ConfigFileName}. Start it with 'penstock up', or init another folder.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>Every number for a worker process beside the server is in use.</summary>
public sealed class NoWorkerSeatException(string folder, int max) : PenstockException(
    "too-many-workers",
    $"{max} worker processes work in {folder} already. Stop some; fewer processes with more slots (--slots) do the same work.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}

/// <summary>Another server runs in the workspace; there is one at a time.</summary>
public sealed class WorkspaceInUseException(string folder, string? holder) : PenstockException(
    "workspace-in-use",
    $"Another penstock process{(holder is null ? "" : $" (pid {holder})")} serves {folder}. " +
    "Wait for it or stop it; a running server is shown by 'penstock status'. More workers beside it: 'penstock work'.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}
