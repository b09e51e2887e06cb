using System.Globalization;

namespace Penstock.Server.Workspaces;

/// <summary>A small number of its own for each worker process beside the server; it names the process's log and its line in listings.</summary>
/// <remarks>The operating system gives a seat back when its process ends, so a restarted worker goes on in the same log.</remarks>
public sealed class WorkerSeat : IDisposable
{
    /// <summary>More worker processes on one machine than anybody starts on purpose.</summary>
    private const int SeatsMax = 256;

    private readonly FileStream _file;

    private WorkerSeat(int number, FileStream file) => (Number, _file) = (number, file);

    public int Number { get; }

    /// <summary>Also the log's name: <c>logs/work-1.log</c>.</summary>
    public string Name => $"work-{Number}";

    /// <exception cref="NoWorkerSeatException">All are taken.</exception>
    public static WorkerSeat Take(Workspace workspace)
    {
        for (int number = 1; number <= SeatsMax; number++)
        {
            if (TryOpen(workspace.WorkerSeatFile(number)) is not { } file)
                continue;
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new WorkerSeat(number, file);
        }
        throw new NoWorkerSeatException(workspace.Root, SeatsMax);
    }

    /// <summary>The number of a seat that a process has now; null: all are free.</summary>
    public static int? FindTaken(Workspace workspace)
    {
        for (int number = 1; number <= SeatsMax; number++)
        {
            if (!File.Exists(workspace.WorkerSeatFile(number)))
                continue;
            using FileStream? probe = TryOpen(workspace.WorkerSeatFile(number));
            if (probe is null)
                return number;
        }
        return null;
    }

    public void Dispose() => _file.Dispose();

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}
