using System.Net.Sockets;
using Npgsql;

namespace Penstock.Postgres;

/// <summary>What an error of the driver means for the call that met it.</summary>
internal static class PostgresErrors
{
    /// <summary>The connection is gone, or none can be had.</summary>
    public static bool IsConnection(Exception error) => error switch
    {
        PostgresException { SqlState: { } state } => state.StartsWith("08", StringComparison.Ordinal)
            || state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.TooManyConnections or IdleInTransaction,
        NpgsqlException or SocketException or IOException { InnerException: SocketException } or EndOfStreamException => true,
        _ => false,
    };

    /// <summary>Two transactions were in each other's way; run again, it will go.</summary>
    public static bool IsConflict(Exception error) => error is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected,
    };

    /// <summary>The server does not let this program in as it is configured; trying again changes nothing.</summary>
    public static bool IsRefusal(PostgresException error) =>
        error.SqlState.StartsWith("28", StringComparison.Ordinal) || error.SqlState == PostgresErrorCodes.InvalidCatalogName;

    public static bool IsBusy(Exception error) => error is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    private const string IdleInTransaction = "25P03";
}
