using Microsoft.Data.Sqlite;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>Shared commits on SQLite: each call runs in a savepoint, so one that throws leaves the others untouched.</summary>
internal sealed class SqliteWriter : GroupWriter
{
    private const int SqliteBusy = 5;
    private const int SqliteFull = 13;
    private const int SqliteIoError = 10;

    private readonly SqliteDatabase _database;
    private readonly SqliteSessionConnection _connection;
    private readonly WriteTurn? _turn;
    private readonly SqliteOptions _options;

    /// <param name="turn">Null: no other process writes (a database in memory), or the system has no such thing.</param>
    public SqliteWriter(SqliteDatabase database, SqliteSessionConnection connection, WriteTurn? turn, SqliteOptions options)
    {
        _database = database;
        _connection = connection;
        _turn = turn;
        _options = options;
    }

    protected override ValueTask CloseAsync()
    {
        _connection.Dispose();
        _turn?.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask TakeTurnAsync() => _turn?.TakeAsync(_options.TurnTimeout) ?? ValueTask.CompletedTask;

    protected override void GiveTurn() => _turn?.Give();

    protected override async Task CommitAsync(IReadOnlyList<WriteCall> calls)
    {
        try
        {
            using WriterTransaction transaction = new(_connection, forCommands: calls.Any(c => c.ForCommands));
            SqlSession session = _connection.SessionOf(_database, transaction.ForCommands);
            foreach (WriteCall call in calls)
                await RunAsync(call, session, alone: calls.Count == 1);
            if (!calls.All(c => c.Failed))
                transaction.Commit();
            Count(calls.Count);
        }
        catch (Exception error)
        {
            // The commit itself failed (disk full, file gone): nothing of this batch is stored, and every caller hears why.
            Exception told = Translate(error);
            foreach (WriteCall call in calls)
                call.Fail(told);
        }
    }

    private async Task RunAsync(WriteCall call, SqlSession session, bool alone)
    {
        if (call.FailIfCancelled())
            return;
        // A call alone needs no savepoint: if it throws, the whole transaction is rolled back.
        if (!alone)
            _connection.Run("savepoint call");
        try
        {
            await call.RunAsync(session, call.CancellationToken);
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
}
