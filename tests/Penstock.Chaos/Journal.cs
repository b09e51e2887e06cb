using System.Globalization;
using System.Text;

namespace Penstock.Chaos;

/// <summary>When each execution of one process began and ended, one line each, written before the execution goes on.</summary>
/// <remarks>
/// Appended with one system call a line, so a killed process leaves every line it wrote. Times are of the machine's
/// monotonic clock, which all processes share.
/// </remarks>
internal sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private long _last;

    public Journal(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public Execution Begin(Guid jobId, int attempt)
    {
        lock (_gate)
        {
            Execution execution = new(++_last, jobId, attempt);
            Write($"b {execution.Number} {jobId} {attempt} {Now}\n");
            return execution;
        }
    }

    public void End(Execution execution)
    {
        lock (_gate)
            Write($"e {execution.Number} {Now}\n");
    }

    public void Dispose() => _file.Dispose();

    /// <param name="diedAt">When the process was gone: the end of everything it had begun and not ended.</param>
    public static List<Run> Read(string path, long diedAt)
    {
        Dictionary<long, Run> runs = [];
        foreach (string line in File.ReadLines(path))
        {
            string[] words = line.Split(' ');
            long number = long.Parse(words[1], CultureInfo.InvariantCulture);
            long at = long.Parse(words[^1], CultureInfo.InvariantCulture);
            runs[number] = words[0] == "b"
                ? new Run(Guid.Parse(words[2]), int.Parse(words[3], CultureInfo.InvariantCulture), at, diedAt, Ended: false)
                : runs[number] with { EndedAt = at, Ended = true };
        }
        return [.. runs.Values];
    }

    private static long Now => TimeProvider.System.GetTimestamp();

    private void Write(string line) => _file.Write(Encoding.ASCII.GetBytes(line));
}

internal sealed record Execution(long Number, Guid JobId, int Attempt);

/// <param name="Ended">False: its process was killed in the middle of it.</param>
internal sealed record Run(Guid JobId, int Attempt, long BeganAt, long EndedAt, bool Ended)
{
    /// <summary>When its process stood still in the middle of it; null: it did not.</summary>
    public long? FrozenAt { get; init; }
    public long ThawedAt { get; init; }
}
