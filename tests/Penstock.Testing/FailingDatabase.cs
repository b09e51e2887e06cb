using Penstock.Sql;

namespace Penstock.Testing;

/// <summary>A database that can be told to fail: to be away, or to break a write before or after its commit.</summary>
public sealed class FailingDatabase(SqlDatabase inner) : SqlDatabase
{
    public override string Dialect => inner.Dialect;

    public override bool PrefersSets => inner.PrefersSets;

    public DatabaseFailure Fails { get; set; }

    public override async Task<T> ReadAsync<T>(Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        FailIf(DatabaseFailure.Away);
        return await inner.ReadAsync((session, token) => query(Seen(session), token), cancellationToken);
    }

    public override async Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false)
    {
        FailIf(DatabaseFailure.Away);
        T result = await inner.WriteAsync(
            async (session, token) =>
            {
                T value = await work(Seen(session), token);
                FailIf(DatabaseFailure.BeforeCommit);
                return value;
            },
            cancellationToken,
            forCommands);
        FailIf(DatabaseFailure.AfterCommit);
        return result;
    }

    public override Task TakeTurnAsync(SqlSession session, CancellationToken cancellationToken) => inner.TakeTurnAsync(session, cancellationToken);

    protected override SqlStatement Prepare(SqlSession session, string sql) =>
        new SqlSession(session.Connection, session.Transaction, inner).Statement(sql);

    protected override SqlLoad PrepareLoad(SqlSession session, string sql) =>
        new SqlSession(session.Connection, session.Transaction, inner).Load(sql);

    private SqlSession Seen(SqlSession session) => new(session.Connection, session.Transaction, this);

    private void FailIf(DatabaseFailure moment)
    {
        if (Fails == moment)
            throw new IOException($"The database fails, as the test asked for: {moment}.");
    }
}

public enum DatabaseFailure
{
    None,

    /// <summary>Nothing gets through.</summary>
    Away,

    /// <summary>All of the call was done, and is undone.</summary>
    BeforeCommit,

    /// <summary>It is stored, and nobody is told.</summary>
    AfterCommit,
}
