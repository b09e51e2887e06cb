using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>The one writer of this process. Calls that arrive while a commit is being written share the next one.</summary>
/// <remarks>
/// No timer decides what shares a commit: the disk does. Alone, a call commits at once; under load, the calls of one
/// commit's duration go together. Each call runs in a savepoint, so one that throws leaves the others untouched.
/// </remarks>
internal sealed class SqliteWriter : IAsyncDisposable
{
    /// <summary>Calls in one commit at most: bounds how long the first of them waits for the last.</summary>
    private const int CallsPerCommitMax = 256;

    private const int SqliteBusy = 5;
    private const int SqliteFull = 13;
    private const int SqliteIoError = 10;

    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteDatabase _database;
    private readonly SqliteSessionConnection _connection;
    private readonly WriteTurn? _turn;
    private readonly SqliteOptions _options;
    private readonly Task _loop;
    private long _commits;
    private long _served;

    /// <param name="turn">Null: no other process writes (a database in memory), or the system has no such thing.</param>
    public SqliteWriter(SqliteDatabase database, SqliteSessionConnection connection, WriteTurn? turn, SqliteOptions options)
    {
        _database = database;
        _connection = connection;
        _turn = turn;
        _options = options;
        _loop = RunLoopAsync();
    }

    public (long Commits, long Calls) Counts => (Interlocked.Read(ref _commits), Interlocked.Read(ref _served));

    public async Task<T> RunAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Call<T> call = new(work, cancellationToken);
        if (!_calls.Writer.TryWrite(call))
            throw new ObjectDisposedException(nameof(SqliteDatabase), "The database is closed.");
        return await call.Completion.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Writer.TryComplete();
        await _loop;
        _connection.Dispose();
        _turn?.Dispose();
    }

    private async Task RunLoopAsync()
    {
        List<Call> batch = [];
        while (await _calls.Reader.WaitToReadAsync())
        {
            await CommitNextAsync(batch);
            foreach (Call call in batch)
                call.Settle();
            batch.Clear();
        }
    }

    private async Task CommitNextAsync(List<Call> batch)
    {
        bool myTurn = false;
        try
        {
            if (_turn is not null)
                await _turn.TakeAsync(_options.TurnTimeout);
            myTurn = _turn is not null;
            Gather(batch); // Only now: what arrived during the wait shares this commit.
            await CommitAsync(batch);
        }
        catch (DatabaseBusyException busy)
        {
            Gather(batch);
            foreach (Call call in batch)
                call.Fail(busy);
        }
        finally
        {
            if (myTurn)
                _turn!.Give();
        }
    }

    private void Gather(List<Call> batch)
    {
        while (batch.Count < CallsPerCommitMax && _calls.Reader.TryRead(out Call? call))
            batch.Add(call);
    }

    private async Task CommitAsync(List<Call> batch)
    {
        try
        {
            using SqliteTransaction transaction = _connection.Connection.BeginTransaction(deferred: false);
            SqlSession session = _connection.SessionOf(_database, transaction);
            foreach (Call call in batch)
                await RunAsync(call, session, alone: batch.Count == 1);
            if (!batch.TrueForAll(c => c.Failed))
                transaction.Commit();
            _commits++;
            _served += batch.Count;
        }
        catch (Exception error)
        {
            // The commit itself failed (disk full, file gone): nothing of this batch is stored, and every caller hears why.
            Exception told = Translate(error);
            foreach (Call call in batch)
                call.Fail(told);
        }
    }

    private async Task RunAsync(Call call, SqlSession session, bool alone)
    {
        if (call.CancellationToken.IsCancellationRequested)
        {
            call.Fail(new OperationCanceledException(call.CancellationToken));
            return;
        }
        // A call alone needs no savepoint: if it throws, the whole transaction is rolled back.
        if (!alone)
            _connection.Run("savepoint call");
        try
        {
            await call.RunAsync(session);
        }
        catch (Exception error)
        {
            call.Fail(Translate(error));
            if (error is SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError })
                throw; // SQLite may have rolled back everything by itself.
            if (!alone)
                _connection.Run("rollback to call");
        }
        if (!alone)
            _connection.Run("release call");
    }

    private Exception Translate(Exception error) => error switch
    {
        SqliteException { SqliteErrorCode: SqliteFull or SqliteIoError } full => new DatabaseFullException(full),
        SqliteException { SqliteErrorCode: SqliteBusy } busy => new DatabaseBusyException(_options.BusyTimeout, busy),
        _ => error,
    };

    private abstract class Call(CancellationToken cancellationToken)
    {
        protected Exception? Error { get; private set; }
        public CancellationToken CancellationToken { get; } = cancellationToken;
        public bool Failed => Error is not null;

        public abstract Task RunAsync(SqlSession session);

        public void Fail(Exception error) => Error ??= error;

        public abstract void Settle();
    }

    private sealed class Call<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        : Call(cancellationToken)
    {
        private T? _result;

        public TaskCompletionSource<T> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async Task RunAsync(SqlSession session) => _result = await work(session, CancellationToken);

        public override void Settle()
        {
            if (Error is not null)
                Completion.SetException(Error);
            else
                Completion.SetResult(_result!);
        }
    }
}
