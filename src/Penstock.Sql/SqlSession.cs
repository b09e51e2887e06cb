using System.Data.Common;

namespace Penstock.Sql;

/// <summary>A connection for the length of one read or write.</summary>
public sealed class SqlSession
{
    public SqlSession(DbConnection connection, DbTransaction? transaction, SqlDatabase database)
    {
        Connection = connection;
        Transaction = transaction;
        Database = database;
    }

    public DbConnection Connection { get; }

    /// <summary>For commands besides <see cref="Statement(string)"/>. Null in a read, and in a write that did not ask for it.</summary>
    public DbTransaction? Transaction { get; }
    public SqlDatabase Database { get; }

    /// <param name="sql">A constant: values come in by <see cref="SqlStatement"/>, never by text.</param>
    public SqlStatement Statement(string sql) => Database.Prepare(this, sql);

    public SqlStatement Statement(SqlVariants sql) => Statement(Database.Dialect == "sqlite" ? sql.Sqlite : sql.Postgres);

    /// <summary>For many rows into one table.</summary>
    /// <param name="sql">
    /// A constant that inserts one row: <c>insert into t (...) values (@a, @b, ...)</c>, perhaps with an <c>on conflict</c>. Its
    /// parameters stand in the list of values, which has nothing else in it.
    /// </param>
    public SqlLoad Load(string sql) => Database.PrepareLoad(this, sql);
}
