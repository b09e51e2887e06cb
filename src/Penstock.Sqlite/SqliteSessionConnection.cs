using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>A connection of ours with its prepared statements: preparing costs more than running them.</summary>
internal sealed class SqliteSessionConnection : IDisposable
{
    /// <summary>More distinct statements than the product has; reached only by a program that builds SQL text.</summary>
    private const int StatementsMax = 512;

    private static readonly ConditionalWeakTable<DbConnection, SqliteSessionConnection> Known = [];

    private readonly Dictionary<string, Stack<SqliteStatement>> _idle = new(StatementText.Comparer);
    private int _idleCount;

    public SqliteSessionConnection(SqliteConnection connection)
    {
        Connection = connection;
        Known.Add(connection, this);
    }

    public SqliteConnection Connection { get; }

    public static SqliteSessionConnection? Of(SqlSession session) =>
        Known.TryGetValue(session.Connection, out SqliteSessionConnection? found) ? found : null;

    public SqlSession SessionOf(SqliteDatabase database, SqliteTransaction? transaction) => new(Connection, transaction, database);

    public SqliteStatement Rent(string sql)
    {
        if (!_idle.TryGetValue(sql, out Stack<SqliteStatement>? idle) || !idle.TryPop(out SqliteStatement? statement))
            return new SqliteStatement(Connection, sql, owner: this);
        _idleCount--;
        return statement;
    }

    /// <returns>False: there are enough; end it.</returns>
    public bool TryKeep(SqliteStatement statement)
    {
        if (_idleCount >= StatementsMax)
            return false;
        if (!_idle.TryGetValue(statement.Sql, out Stack<SqliteStatement>? idle))
            _idle[statement.Sql] = idle = new Stack<SqliteStatement>();
        idle.Push(statement);
        _idleCount++;
        return true;
    }

    /// <summary>Runs a statement without values or rows, such as a savepoint.</summary>
    public void Run(string sql)
    {
        using SqliteStatement statement = Rent(sql);
        statement.Run();
    }

    public void Dispose()
    {
        foreach (SqliteStatement statement in _idle.Values.SelectMany(s => s))
            statement.End();
        _idle.Clear();
        Connection.Dispose();
    }

    /// <summary>Statements are constants of some hundred characters: hashing all of them at every use would cost more than binding.</summary>
    private sealed class StatementText : IEqualityComparer<string>
    {
        public static readonly StatementText Comparer = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y);

        public int GetHashCode(string sql) => HashCode.Combine(
            sql.Length, sql[sql.Length / 4], sql[sql.Length / 3], sql[sql.Length / 2], sql[sql.Length * 2 / 3], sql[^1]);
    }
}
