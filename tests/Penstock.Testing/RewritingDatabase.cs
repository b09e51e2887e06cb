using Penstock.Sql;

namespace Penstock.Testing;

/// <summary>A database whose statements are changed on their way: so that a test can try what a bug in one would do.</summary>
public sealed class RewritingDatabase(SqlDatabase inner, Func<string, string> rewrite) : SqlDatabase
{
    public override string Dialect => inner.Dialect;

    public override bool PrefersSets => inner.PrefersSets;

    public override Task<T> ReadAsync<T>(Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        inner.ReadAsync((session, token) => query(Seen(session), token), cancellationToken);

    public override Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false) =>
        inner.WriteAsync((session, token) => work(Seen(session), token), cancellationToken, forCommands);

    public override Task TakeTurnAsync(SqlSession session, CancellationToken cancellationToken) => inner.TakeTurnAsync(session, cancellationToken);

    protected override SqlStatement Prepare(SqlSession session, string sql) =>
        new SqlSession(session.Connection, session.Transaction, inner).Statement(rewrite(sql));

    protected override SqlLoad PrepareLoad(SqlSession session, string sql) =>
        new SqlSession(session.Connection, session.Transaction, inner).Load(rewrite(sql));

    private SqlSession Seen(SqlSession session) => new(session.Connection, session.Transaction, this);
}
