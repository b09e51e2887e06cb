namespace Penstock.Server.Workspaces;

/// <summary>The folder with everything one installation owns; a folder is a workspace when it holds <c>penstock.yaml</c>.</summary>
/// <remarks>
/// <c>data/</c> database and artifacts, <c>logs/</c>, <c>backups/</c>, and <c>run/</c> for what lives only while a server
/// runs, plus the local token. <c>run/</c> is readable by its owner alone: the token in it is an admin's.
/// </remarks>
public sealed class Workspace
{
    public const string ConfigFileName = "penstock.yaml";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private Workspace(string root) => Root = root;

    /// <summary>Absolute, without links resolved.</summary>
    public string Root { get; }
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Root));
    public string ConfigFile => Path.Combine(Root, ConfigFileName);
    public string DataFolder => Path.Combine(Root, "data");
    public string DatabaseFile => Path.Combine(DataFolder, "penstock.db");
    public string ArtifactFolder => Path.Combine(DataFolder, "artifacts");
    public string LogFolder => Path.Combine(Root, "logs");
    public string BackupFolder => Path.Combine(Root, "backups");
    public string RunFolder => Path.Combine(Root, "run");
    public string TokenFile => Path.Combine(RunFolder, "token");

    /// <summary>The first admin's password, until it is changed.</summary>
    public string FirstPasswordFile => Path.Combine(RunFolder, "first-password");

    /// <summary>Keys of the session cookies; they outlive a restart so that sessions do.</summary>
    public string KeysFolder => Path.Combine(RunFolder, "keys");

    /// <summary>Marks of running programs, by which those of a killed server are found.</summary>
    public string ExecFolder => Path.Combine(RunFolder, "exec");
    /// <summary>Keys of encrypted payloads, made when the first is needed. Whoever loses them loses those payloads.</summary>
    public string PayloadKeyFile => Path.Combine(Root, "secrets", "payload-keys");
    public string ServerFile => Path.Combine(RunFolder, "server.json");

    /// <summary>The number of the process that holds the lock.</summary>
    public string HolderFile => Path.Combine(RunFolder, "server.pid");

    /// <summary>Held by the worker process that has this number.</summary>
    public string WorkerSeatFile(int number) => Path.Combine(RunFolder, $"work-{number}.lock");

    /// <summary>One socket per process, over which they wake each other.</summary>
    public string WakeFolder => Path.Combine(RunFolder, "wake");
    public string LockFile => Path.Combine(RunFolder, "server.lock");

    /// <summary>Makes a workspace in a new, empty or used folder that is none yet.</summary>
    /// <param name="pipelines">Written to <c>penstock.yaml</c>; known names are in <see cref="Configuration.PenstockSettings"/>.</param>
    /// <exception cref="WorkspaceExistsException">The folder holds a <c>penstock.yaml</c> already; nothing was changed.</exception>
    public static Workspace Create(string folder, IReadOnlyList<string> pipelines)
    {
        Workspace workspace = new(Path.GetFullPath(folder));
        if (File.Exists(workspace.ConfigFile))
            throw new WorkspaceExistsException(workspace.Root);

        Directory.CreateDirectory(workspace.Root);
        workspace.EnsureFolders();
        WriteNew(Path.Combine(workspace.Root, ".gitignore"), "data/\nlogs/\nbackups/\nrun/\nsecrets/\n");
        // Last: a folder is a workspace once this file is there, so an interrupted init can be repeated.
        WriteNew(workspace.ConfigFile, WorkspaceTemplate.Render(pipelines));
        return workspace;
    }

    /// <summary>The workspace in exactly this folder.</summary>
    /// <exception cref="WorkspaceNotFoundException"/>
    public static Workspace Open(string folder)
    {
        Workspace workspace = new(Path.GetFullPath(folder));
        if (!File.Exists(workspace.ConfigFile))
            throw new WorkspaceNotFoundException(workspace.Root, searchedParents: false);
        workspace.EnsureFolders();
        return workspace;
    }

    /// <summary>The workspace of a folder: itself, or the nearest folder above it that is one.</summary>
    /// <exception cref="WorkspaceNotFoundException"/>
    public static Workspace Find(string startFolder)
    {
        string start = Path.GetFullPath(startFolder);
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, ConfigFileName)))
                return Open(folder.FullName);
        }
        throw new WorkspaceNotFoundException(start, searchedParents: true);
    }

    // Also on opening: people copy a workspace without its empty or ignored folders.
    private void EnsureFolders()
    {
        Directory.CreateDirectory(ArtifactFolder);
        Directory.CreateDirectory(LogFolder);
        Directory.CreateDirectory(BackupFolder);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(RunFolder);
        else
            Directory.CreateDirectory(RunFolder, OwnerOnly);
    }

    private static void WriteNew(string path, string text)
    {
        if (!File.Exists(path))
            File.WriteAllText(path, text);
    }
}
