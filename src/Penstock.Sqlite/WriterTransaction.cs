using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Penstock.Sqlite;

/// <summary>The transaction of one commit: the driver's where commands that are not ours need it, else prepared statements.</summary>
/// <remarks>The driver prepares three statements anew for each: measured, a twelfth of a commit with one job.</remarks>
internal sealed class WriterTransaction : IDisposable
{
    private readonly SqliteSessionConnection _connection;
    private readonly SqliteTransaction? _drivers;

    public WriterTransaction(SqliteSessionConnection connection, bool forCommands)
    {
        _connection = connection;
        if (forCommands)
            _drivers = connection.Connection.BeginTransaction(deferred: false);
        else
            connection.Run("begin immediate");
    }

    /// <summary>Null: there is one, but not for commands.</summary>
    public SqliteTransaction? ForCommands => _drivers;

    public void Commit()
    {
        if (_drivers is not null)
            _drivers.Commit();
        else
            _connection.Run("commit");
    }

    /// <summary>Undoes what was not committed; SQLite may have done so by itself, as on a full disk.</summary>
    public void Dispose()
    {
        if (_drivers is not null)
            _drivers.Dispose();
        else if (raw.sqlite3_get_autocommit(_connection.Connection.Handle) == 0)
            _connection.Run("rollback");
    }
}
