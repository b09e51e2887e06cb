using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.CrashHost;

/// <summary>The database with a look at each transaction: before its commit, after it, and at some of its statements.</summary>
internal sealed class WatchedDatabase(SqlDatabase inner, Death death) : SqlDatabase
{
    public override string Dialect => inner.Dialect;

    public override bool PrefersSets => inner.PrefersSets;

    public override Task<T> ReadAsync<T>(Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        inner.ReadAsync(query, cancellationToken);

    public override async Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false)
    {
        // Taken here: the writer runs the work in a context of its own.
        StoreCall call = StoreCall.Current;
        OneCall database = new(inner, death, call);
        T result = await inner.WriteAsync(
            async (session, token) =>
            {
                T value = await work(new SqlSession(session.Connection, session.Transaction, database), token);
                Tell(call, value, "-commit");
                return value;
            },
            cancellationToken,
            forCommands);
        Tell(call, result, "-committed");
        return result;
    }

    protected override SqlStatement Prepare(SqlSession session, string sql) =>
        new SqlSession(session.Connection, session.Transaction, inner).Statement(sql);

    private void Tell(StoreCall call, object? result, string moment)
    {
        switch (call.Name)
        {
            case nameof(IJobStore.EnqueueAsync):
                death.At("enqueue" + moment);
                break;
            case nameof(IJobStore.BeatAsync) when call.Arguments[0] is WorkerBeat { Registers: false }:
                death.At("heartbeat" + moment);
                break;
            default:
                break;
        }
        if (result is Exchange { Leases.Count: > 0 })
            death.At("claim" + moment);
        if (call.Completions.Any(c => c is Completion.JobReturned))
            death.At("completion" + moment);
        if (call.Completions.Any(c => c is Completion.ItemReturned { Outcome.Effect: not null }))
            death.At("effect" + moment);
    }

    /// <summary>The statements of one call.</summary>
    private sealed class OneCall(SqlDatabase inner, Death death, StoreCall call) : SqlDatabase
    {
        public override string Dialect => inner.Dialect;

    public override bool PrefersSets => inner.PrefersSets;

        public override Task<T> ReadAsync<T>(Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
            throw new NotSupportedException("A call reads through its own session.");

        public override Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false) =>
            throw new NotSupportedException("A call writes through its own session.");

        protected override SqlStatement Prepare(SqlSession session, string sql)
        {
            if (sql.StartsWith("update job set progress_current", StringComparison.Ordinal))
                death.At("parent-update");
            if (call.Completions.Count > 0 && sql.StartsWith("insert into job (", StringComparison.Ordinal))
                death.At("continuation");
            if (call.Name == nameof(IJobStore.PruneAsync) && sql.StartsWith("delete from job where", StringComparison.Ordinal))
                death.At("prune");
            if (call.Name == nameof(IJobStore.ReapAsync) && sql.Contains("'JobTimeout'", StringComparison.Ordinal))
                death.At("reaper");
            return new SqlSession(session.Connection, session.Transaction, inner).Statement(sql);
        }
    }
}
