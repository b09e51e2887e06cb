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
    private const int NoItem = -1;

    private readonly FileStream _file;
    private readonly Lock _gate = new();
    private long _last;

    public Journal(string path) => _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <param name="item">Of a batch; null: the job itself.</param>
    public async Task<T> RecordAsync<T>(Guid jobId, int? item, int attempt, Func<Task<T>> execution)
    {
        long number;
        lock (_gate)
        {
            number = ++_last;
            Write($"b {number} {jobId} {item ?? NoItem} {attempt} {Now}\n");
        }
        try
        {
            return await execution();
        }
        finally
        {
            lock (_gate)
                Write($"e {number} {Now}\n");
        }
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
                ? new Run(new Unit(Guid.Parse(words[2]), Int(words[3]) is >= 0 and var item ? item : null), Int(words[4]), at, diedAt, Ended: false)
                : runs[number] with { EndedAt = at, Ended = true };
        }
        return [.. runs.Values];
    }

    private static int Int(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static long Now => TimeProvider.System.GetTimestamp();

    private void Write(string line) => _file.Write(Encoding.ASCII.GetBytes(line));
}

/// <summary>What is executed: a job, or an item of its batch.</summary>
internal readonly record struct Unit(Guid JobId, int? Item)
{
    public override string ToString() => Item is { } item ? $"{JobId}/{item}" : $"{JobId}";
}

/// <param name="Ended">False: its process was killed in the middle of it.</param>
internal sealed record Run(Unit Unit, int Attempt, long BeganAt, long EndedAt, bool Ended)
{
    /// <summary>When its process stood still in the middle of it; null: it did not.</summary>
    public long? FrozenAt { get; init; }
    public long ThawedAt { get; init; }
}
