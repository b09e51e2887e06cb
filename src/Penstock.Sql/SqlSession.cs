using System.Data.Common;

namespace Penstock.Sql;

/// <summary>A connection, and the transaction if there is one, for the length of one read or write.</summary>
public sealed class SqlSession
{
    public SqlSession(DbConnection connection, DbTransaction? transaction, SqlDatabase database)
    {
        Connection = connection;
        Transaction = transaction;
        Database = database;
    }

    public DbConnection Connection { get; }
    public DbTransaction? Transaction { get; }
    public SqlDatabase Database { get; }

    /// <param name="sql">A constant: values come in by <see cref="SqlStatement"/>, never by text.</param>
    public SqlStatement Statement(string sql) => Database.Prepare(this, sql);

    public SqlStatement Statement(SqlVariants sql) => Statement(Database.Dialect == "sqlite" ? sql.Sqlite : sql.Postgres);
}
