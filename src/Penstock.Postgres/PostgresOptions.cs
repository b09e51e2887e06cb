using Npgsql;

namespace Penstock.Postgres;

/// <summary>Where the database is, and how the engine uses it.</summary>
/// <param name="ConnectionString">Of Npgsql: <c>Host=db;Port=5432;Database=penstock;Username=penstock;Password=...</c>. The database must exist.</param>
public sealed record PostgresOptions(string ConnectionString)
{
    /// <summary>What the engine's connections say, so that the triggers for SQL by hand (migration 0008) let them pass.</summary>
    internal const string EngineSetting = "penstock.engine=on";

    /// <summary>Connections for reading at most; writing has one more, wake-ups two.</summary>
    public int ReadersMax { get; init; } = 16;

    /// <summary>True: a commit is on disk when it returns. False: a crash of the server may take the last commits, never the database.</summary>
    public bool FullDurability { get; init; } = true;

    /// <summary>How long a write waits for a row or a turn that another transaction holds, before it fails with <c>storage-busy</c>.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a process may stand still in the middle of a write before the server ends it, so that others get their turn.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Host and port, for messages: the rest may hold a password.</summary>
    internal string Address
    {
        get
        {
            NpgsqlConnectionStringBuilder parts = new(ConnectionString);
            return $"{parts.Host}:{parts.Port}";
        }
    }

    /// <summary>For the connections that wake-ups keep open; what they say need not be on disk.</summary>
    internal string LonelyString
    {
        get
        {
            NpgsqlConnectionStringBuilder parts = new(ConnectionString) { Pooling = false, KeepAlive = 10, Options = "-c synchronous_commit=off" };
            parts.ApplicationName = $"penstock wake-ups {parts.SearchPath}".TrimEnd();
            return parts.ConnectionString;
        }
    }

    // A string of our own as key: two pools with different settings must never be one.
    internal string PoolString => new NpgsqlConnectionStringBuilder(ConnectionString)
    {
        MaxPoolSize = ReadersMax + 1,
        MaxAutoPrepare = 256,
        AutoPrepareMinUsages = 2,
        NoResetOnClose = true,
        CommandTimeout = (int)CommandTimeout.TotalSeconds,
        KeepAlive = 10,
        ApplicationName = "penstock",
        Options =
            $"-c synchronous_commit={(FullDurability ? "on" : "off")} -c lock_timeout={(int)LockTimeout.TotalMilliseconds} " +
            $"-c idle_in_transaction_session_timeout={(int)StallTimeout.TotalMilliseconds} -c timezone=UTC -c jit=off " +
            $"-c {EngineSetting}", // What others write passes triggers that do the engine's part of it.
    }.ConnectionString;
}
