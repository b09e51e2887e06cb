using System.Data.Common;

namespace Penstock.Sql;

/// <summary>One database: how it reads, how it writes, and how its dialect stores a value.</summary>
/// <remarks>
/// Reads see the last commit and never wait for writers. Writes of one process are gathered into shared commits:
/// each call is atomic by itself (a savepoint), and returns after the commit is on disk.
/// </remarks>
public abstract class SqlDatabase
{
    /// <summary><c>sqlite</c> or <c>postgres</c>: the middle part of a migration's file name.</summary>
    public abstract string Dialect { get; }

    /// <summary>Each statement is a round trip to a server: many rows go into one. In the process itself, plain rows cost less.</summary>
    public virtual bool PrefersSets => false;

    public abstract Task<T> ReadAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken);

    /// <param name="work">May run more than once, on a transaction that was undone; it is stored once. Its effects belong into the transaction.</param>
    /// <param name="cancellationToken">Until the work begins.</param>
    /// <param name="forCommands">The work has commands of its own, besides statements: its session has the transaction they need.</param>
    /// <remarks>Keep one call under about 50 ms of work (some thousand rows): heartbeats and claims wait behind it.</remarks>
    public abstract Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false);

    /// <summary>Adds rows, which callers at the same time may do together.</summary>
    /// <returns>The adder's result for each row, in their order.</returns>
    public virtual Task<IReadOnlyList<TResult>> AddAsync<TRow, TResult>(
        RowAdder<TRow, TResult> adder, IReadOnlyList<TRow> rows, CancellationToken cancellationToken) =>
        WriteAsync((session, token) => adder.AddAsync(session, rows, token), cancellationToken);

    /// <summary>
    /// In a transaction of the caller's own: waits until no transaction of the engine is under way, and keeps them waiting until it ends.
    /// What reads first and then writes needs it; <see cref="WriteAsync{T}"/> does it by itself.
    /// </summary>
    public virtual Task TakeTurnAsync(SqlSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The caller's own transaction as a session; the caller commits.</summary>
    public virtual SqlSession Enlist(DbTransaction transaction) =>
        new(transaction.Connection ?? throw new InvalidOperationException("The transaction has ended already."), transaction, this);

    public Task WriteAsync(
        Func<SqlSession, CancellationToken, Task> work, CancellationToken cancellationToken, bool forCommands = false) =>
        WriteAsync(
            async (session, token) =>
            {
                await work(session, token);
                return true;
            },
            cancellationToken,
            forCommands);

    /// <summary>A prepared statement of the session's connection; the dialect may keep it for the next use.</summary>
    /// <remarks>Times are bound as instants, ids as <see cref="Guid"/>, lists as <see cref="SqlList{T}"/>; the dialect knows their form.</remarks>
    protected internal abstract SqlStatement Prepare(SqlSession session, string sql);

    /// <summary>The load behind <see cref="SqlSession.Load"/>; a dialect whose statements are round trips sends many rows at once.</summary>
    protected internal virtual SqlLoad PrepareLoad(SqlSession session, string sql) => new RowByRowLoad(Prepare(session, sql));
}

/// <summary>Many values as one parameter: <c>where id in (select value from json_each(@ids))</c>.</summary>
public sealed record SqlList<T>(IReadOnlyCollection<T> Values);
