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
}
