using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>A connection with its prepared statements: preparing costs more than running them.</summary>
internal sealed class SqliteSessionConnection(SqliteConnection connection) : IDisposable
{
    /// <summary>More distinct statements than the product has; reached only by a program that builds SQL text.</summary>
    private const int StatementsMax = 512;

    private static readonly ConditionalWeakTable<DbConnection, SqliteSessionConnection> Known = [];

    private readonly Dictionary<string, Stack<SqliteCommand>> _idle = new(StringComparer.Ordinal);
    private int _count;

    public SqliteConnection Connection { get; } = connection;

    public static SqliteSessionConnection? Of(SqlSession session) =>
        Known.TryGetValue(session.Connection, out SqliteSessionConnection? found) ? found : null;

    public SqlSession SessionOf(SqliteDatabase database, SqliteTransaction? transaction)
    {
        Known.TryAdd(Connection, this);
        return new SqlSession(Connection, transaction, database);
    }

    public SqliteCommand Rent(string sql, DbTransaction? transaction)
    {
        if (_idle.TryGetValue(sql, out Stack<SqliteCommand>? idle) && idle.TryPop(out SqliteCommand? command))
        {
            command.Transaction = (SqliteTransaction?)transaction;
            return command;
        }
        command = Connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = (SqliteTransaction?)transaction;
        return command;
    }

    public void Return(SqliteCommand command)
    {
        if (!_idle.TryGetValue(command.CommandText, out Stack<SqliteCommand>? idle))
            _idle[command.CommandText] = idle = new Stack<SqliteCommand>();
        if (_count >= StatementsMax && idle.Count == 0)
        {
            command.Dispose();
            return;
        }
        _count++;
        command.Transaction = null;
        idle.Push(command);
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _idle.Values.SelectMany(s => s))
            command.Dispose();
        Connection.Dispose();
    }
}
