using Penstock.Simulation.Invariants;
using Penstock.Simulation.Mutants;
using Penstock.Simulation.Scheduling;
using Penstock.Sql;
using Penstock.Sqlite;

namespace Penstock.Simulation.Faults;

/// <summary>The database as one process sees it: each call watched inside its transaction, some undone at the last moment.</summary>
/// <remarks>A mutant changes the text of statements here, so that the product carries none of them.</remarks>
internal sealed class WatchedDatabase(
    SqliteDatabase inner, SimulatedProcess process, FaultPlan faults, StoreWatch watch, Mutant? mutant) : SqlDatabase
{
    public override string Dialect => inner.Dialect;

    public override bool PrefersSets => inner.PrefersSets;

    public override async Task<T> ReadAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        if (faults.Happens(FaultKind.FailedRead))
            throw new InjectedFaultException(FaultKind.FailedRead);
        return await inner.ReadAsync((session, token) => query(Seen(session), token), cancellationToken);
    }

    public override async Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false)
    {
        T result = default!;
        try
        {
            return await inner.WriteAsync(
                async (session, token) =>
                {
                    result = await work(Seen(session), token);
                    if (faults.Happens(FaultKind.RolledBack))
                        throw new InjectedFaultException(FaultKind.RolledBack);
                    await watch.AfterCallAsync(session, process, token);
                    return result;
                },
                cancellationToken,
                forCommands);
        }
        catch (InjectedFaultException) when (mutant?.AcknowledgesBeforeCommit == true)
        {
            return result;
        }
    }

    protected internal override SqlStatement Prepare(SqlSession session, string sql) =>
        inner.Prepare(session, mutant is null ? sql : mutant.Rewrite(sql));

    private SqlSession Seen(SqlSession session) => new(session.Connection, session.Transaction, this);
}
