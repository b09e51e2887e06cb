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

/// <summary>Another process works in the workspace; the embedded database has one owner at a time.</summary>
public sealed class WorkspaceInUseException(string folder, string? holder) : PenstockException(
    "workspace-in-use",
    $"Another penstock process{(holder is null ? "" : $" (pid {holder})")} works in {folder}. " +
    "Wait for it or stop it; a running server is shown by 'penstock status'.")
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}
