namespace Penstock.Server.Workspaces.Configuration;

/// <summary>A secret in a file of its own, which a host mounts or an operator keeps out of <c>penstock.yaml</c>.</summary>
internal static class SecretFile
{
    /// <param name="file">Relative to the workspace.</param>
    public static string Read(Workspace workspace, string file) => File.ReadAllText(Path.GetFullPath(file, workspace.Root)).Trim();

    /// <returns>Null: it can be read and holds something.</returns>
    public static string? Problem(Workspace workspace, string file)
    {
        try
        {
            return Read(workspace, file).Length == 0 ? "it is empty." : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }
}
