using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Penstock.Engine.Exec;

/// <summary>How a program is started: in a session of its own, with its mark, its limits, and nothing else of this process.</summary>
internal static class ProgramStart
{
    /// <summary>Exit code of the launcher when it gives up; it has left no mark then.</summary>
    public const int LauncherFailed = 125;

    /// <summary>Runs before the program, in the process that becomes it. Values come as arguments, never as text of the script.</summary>
    /// <remarks>
    /// $1 is the process that must still be the parent: had it died before the kernel was told to end us with it, nobody would.
    /// $2 is the file of the mark, $3 the worker, $4 the limit of address space in KiB or nothing.
    /// </remarks>
    private const string Launcher = """
        [ "$PPID" = "$1" ] || { echo "the worker is gone" >&2; exit 125; }
        [ -z "$4" ] || ulimit -v "$4" || exit 125
        IFS= read -r stat < "/proc/$$/stat" && printf '%s\n%s\n' "$stat" "$3" > "$2" || exit 125
        shift 4
        exec "$@"
        """;

    private static readonly string[] ToolFolders = ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];
    private static readonly string[] ToolNames = ["setsid", "setpriv", "sh"];
    private static readonly Lazy<Dictionary<string, string?>> Tools = new(() => ToolNames.ToDictionary(name => name, FindTool));

    /// <exception cref="ExecUnavailableException"/>
    public static void EnsureAvailable()
    {
        if (!OperatingSystem.IsLinux())
            throw new ExecUnavailableException("they need Linux, whose kernel ends a program together with its worker.");
        if (Tools.Value.FirstOrDefault(tool => tool.Value is null).Key is { } missing)
            throw new ExecUnavailableException($"'{missing}' is not installed; it is part of {(missing == "sh" ? "every" : "util-linux, as in every usual")} Linux distribution.");
    }

    /// <param name="program">Absolute path.</param>
    /// <exception cref="ExecNotStartedException"/>
    public static async Task<Process> StartAsync(
        ExecDefinition exec, string program, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> environment,
        string recordPath, string workerId)
    {
        ProcessStartInfo start = new(Tools.Value["setsid"]!)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (string argument in (IEnumerable<string>)
            [
                Tools.Value["setpriv"]!, "--pdeathsig", "KILL", Tools.Value["sh"]!, "-c", Launcher, "penstock", $"{Environment.ProcessId}",
                recordPath, workerId, exec.MemoryBytesMax is { } bytes ? $"{bytes / 1024}" : "", program, .. arguments,
            ])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach ((string name, string value) in environment)
            start.Environment[name] = value;
        try
        {
            return await ForkThread.RunAsync(() => Process.Start(start)!);
        }
        catch (Win32Exception error)
        {
            // Out of processes or memory, or arguments longer than the system takes.
            throw new ExecNotStartedException(exec.Name, $"{error.Message}.", error);
        }
    }

    /// <summary>The program as the system would find it: by its path from the working directory, or by name along PATH.</summary>
    /// <exception cref="ExecNotFoundException"/>
    public static string Resolve(ExecDefinition exec, string folder, string? path)
    {
        string name = exec.Command[0];
        IEnumerable<string> places = name.Contains('/', StringComparison.Ordinal)
            ? [Path.GetFullPath(name, folder)]
            : (path ?? "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(place => Path.Combine(Path.GetFullPath(place, folder), name));
        List<string> looked = [.. places];
        return looked.Find(IsExecutable) ?? throw new ExecNotFoundException(
            exec.Name, $"there is no program to execute at {string.Join(", ", looked)}. Install it, or correct its command.");
    }

    private static string? FindTool(string name) => ToolFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
