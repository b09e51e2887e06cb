namespace Penstock.Server.Workspaces;

/// <summary>The right to run a server in a workspace; the operating system takes it back when the process ends, however it ends.</summary>
public sealed class WorkspaceLock : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

    private readonly Workspace _workspace;
    private readonly FileStream _file;

    private WorkspaceLock(Workspace workspace, FileStream file) => (_workspace, _file) = (workspace, file);

    /// <summary>Takes the lock, waiting for a short command that holds it.</summary>
    /// <exception cref="WorkspaceInUseException">Still held after <paramref name="patience"/>.</exception>
    public static async Task<WorkspaceLock> AcquireAsync(
        Workspace workspace, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            if (TryOpen(workspace) is { } file)
            {
                // Beside the locked file: nobody else can open that one, not even to read.
                await File.WriteAllTextAsync(workspace.HolderFile, $"{Environment.ProcessId}", CancellationToken.None);
                return new WorkspaceLock(workspace, file);
            }
            if (time.GetElapsedTime(started) >= patience)
                throw new WorkspaceInUseException(workspace.Root, HolderOf(workspace));
            await Task.Delay(RetryInterval, time, cancellationToken);
        }
    }

    /// <summary>Whether some process, possibly this one, holds the lock now.</summary>
    public static bool IsHeld(Workspace workspace)
    {
        if (!File.Exists(workspace.LockFile))
            return false;
        using FileStream? probe = TryOpen(workspace);
        return probe is null;
    }

    public void Dispose()
    {
        File.Delete(_workspace.HolderFile);
        _file.Dispose();
    }

    private static FileStream? TryOpen(Workspace workspace)
    {
        try
        {
            return new FileStream(workspace.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    private static string? HolderOf(Workspace workspace)
    {
        try
        {
            string text = File.ReadAllText(workspace.HolderFile).Trim();
            return text.Length > 0 ? text : null;
        }
        catch (FileNotFoundException)
        {
            return null; // it just took the lock, or just gave it back
        }
    }
}
