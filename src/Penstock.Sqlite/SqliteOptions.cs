using Microsoft.Data.Sqlite;

namespace Penstock.Sqlite;

/// <summary>Where the database is and how durable its commits are.</summary>
/// <param name="Path">File path, or <c>:memory:</c> for a database that ends with its object (tests, simulation).</param>
public sealed record SqliteOptions(string Path)
{
    public bool IsMemory => Path == ":memory:";

    /// <summary>True: a commit is on disk when it returns. False: a power cut may take the last commits, never the file.</summary>
    public bool FullDurability { get; init; } = true;

    /// <summary>How long to wait for a program that writes to the same file and does not wait for its turn.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for the turn to write. Longer than any line of processes that all get on, however busy the machine.</summary>
    /// <remarks>Measured with nine processes on two cores that forty others wanted, too: 10 s were not enough while all of them started.</remarks>
    public TimeSpan TurnTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Page cache of each connection.</summary>
    public int CacheKib { get; init; } = 16_384;

    internal string ConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = Path,
        Mode = IsMemory ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate,
        Pooling = false,
        DefaultTimeout = (int)BusyTimeout.TotalSeconds,
    }.ToString();

    internal string Pragmas => $"""
        pragma busy_timeout = {(int)BusyTimeout.TotalMilliseconds};
        pragma journal_mode = wal;
        pragma synchronous = {(FullDurability ? "full" : "normal")};
        pragma cache_size = -{CacheKib};
        pragma foreign_keys = on;
        pragma temp_store = memory;
        pragma wal_autocheckpoint = 4000;
        """;
}
