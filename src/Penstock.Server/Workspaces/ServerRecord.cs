using System.Text.Json;

namespace Penstock.Server.Workspaces;

/// <summary>What <c>run/server.json</c> says of the server that runs in a workspace, so that commands find it.</summary>
public sealed record ServerRecord(int Pid, IReadOnlyList<string> Urls, DateTimeOffset StartedAt)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.General)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private const UnixFileMode OwnerReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The record of a server that is alive; null when none runs, also when one died and left its record behind.</summary>
    public static ServerRecord? TryRead(Workspace workspace)
    {
        try
        {
            return File.Exists(workspace.ServerFile) && WorkspaceLock.IsHeld(workspace)
                ? JsonSerializer.Deserialize<ServerRecord>(File.ReadAllText(workspace.ServerFile), Json)
                : null;
        }
        catch (Exception error) when (error is FileNotFoundException or JsonException)
        {
            // Stopped between the test and the read, or not ours: either way nobody answers there.
            return null;
        }
    }

    /// <summary>Complete or absent for every reader, mode 0600.</summary>
    public void Write(Workspace workspace)
    {
        string draft = workspace.ServerFile + ".new";
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerReadWrite;
        using (FileStream stream = new(draft, options))
            JsonSerializer.Serialize(stream, this, Json);
        File.Move(draft, workspace.ServerFile, overwrite: true);
    }

    public static void Remove(Workspace workspace) => File.Delete(workspace.ServerFile);
}
