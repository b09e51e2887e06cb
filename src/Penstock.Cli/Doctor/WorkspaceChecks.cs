using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Doctor;

/// <summary>The folder and its files.</summary>
internal static class WorkspaceChecks
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Finding Folder(Workspace workspace)
    {
        string probe = Path.Combine(workspace.DataFolder, $".doctor.{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Finding.Error("workspace", $"{workspace.DataFolder} cannot be written: {error.Message}", "Run as the owner of the workspace, or give the folder to this user.");
        }
        return Finding.Ok("workspace", workspace.Root);
    }

    public static Finding Configuration(EffectiveConfiguration configuration)
    {
        int changed = configuration.Values.Count(value => value.Origin != "default");
        string detail = $"{Output.Words.Plural(configuration.Values.Count, "setting")}, {changed} of them changed";
        return configuration.Warnings.Count == 0
            ? Finding.Ok("configuration", detail)
            : Finding.Warning("configuration", detail, string.Join(' ', configuration.Warnings));
    }

    /// <summary>The files whose readers are admins.</summary>
    public static Finding Secrets(Workspace workspace)
    {
        if (OperatingSystem.IsWindows())
            return Finding.Ok("secrets", "file modes are not checked on Windows");
        List<string> open = [];
        foreach (string path in (string[])[workspace.RunFolder, workspace.TokenFile, workspace.FirstPasswordFile])
        {
            if (Path.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0)
                open.Add(path);
        }
        return open.Count == 0
            ? Finding.Ok("secrets", "run/ and the token are readable by their owner alone")
            : Finding.Error("secrets", $"others can read {string.Join(", ", open)}", $"chmod go= {string.Join(' ', open)}");
    }
}
