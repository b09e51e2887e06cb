using Microsoft.Extensions.Logging;
using Npgsql;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>Shared commits on PostgreSQL: one transaction for all calls, or one for each where one of them throws.</summary>
/// <remarks>
/// Processes write in turn, as on SQLite: each transaction takes one advisory lock first, so that what it reads is what it
/// writes on. If a call throws, the transaction is rolled back and each of its calls runs in one of its own: refusals are
/// rare, and a savepoint would cost every call two round trips. A call may therefore run more than once, but is stored once.
/// </remarks>
internal sealed class PostgresWriter : GroupWriter
{
    private const int AttemptsMax = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly PostgresDatabase _database;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WriteTurn _turn = new();
    private NpgsqlConnection? _connection;

    public PostgresWriter(PostgresDatabase database, PostgresOptions options, TimeProvider time, ILogger logger) =>
        (_database, _options, _time, _logger) = (database, options, time, logger);

    /// <returns>Null: not the writer's connection.</returns>
    public WriteTurn? TurnOf(NpgsqlConnection connection) => ReferenceEquals(connection, _connection) ? _turn : null;

    protected override async ValueTask CloseAsync() => await DropAsync();

    protected override async Task CommitAsync(IReadOnlyList<WriteCall> calls)
    {
        List<WriteCall> wanted = [.. calls.Where(c => !c.FailIfCancelled())];
        if (wanted.Count == 0 || await TryTogetherAsync(wanted))
            return;
        foreach (WriteCall call in wanted)
            await AloneAsync(call);
    }

    /// <returns>False: one of them threw; nothing is stored.</returns>
    private async Task<bool> TryTogetherAsync(List<WriteCall> calls)
    {
        if (calls.Count == 1)
            return false;
        try
        {
            await TransactAsync(calls);
            return true;
        }
        catch (InDoubtException doubt)
        {
            foreach (WriteCall call in calls)
                call.Fail(Unavailable(doubt.InnerException!, inDoubt: true));
            return true;
        }
        catch (Exception error)
        {
            _logger.CallsRunAlone(calls.Count, error); // Alone, each hears its own error.
            return false;
        }
    }

    private async Task AloneAsync(WriteCall call)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await TransactAsync([call]);
                return;
            }
            catch (InDoubtException doubt)
            {
                call.Fail(Unavailable(doubt.InnerException!, inDoubt: true));
                return;
            }
            catch (Exception error) when (attempt < AttemptsMax && (PostgresErrors.IsConflict(error) || PostgresErrors.IsConnection(error)))
            {
                // Nothing of it was committed: it runs again.
                await Task.Delay(pause, TimeProvider.System);
                pause *= 2;
            }
            catch (Exception error)
            {
                call.Fail(Translate(error));
                return;
            }
        }
    }

    private async Task TransactAsync(IReadOnlyList<WriteCall> calls)
    {
        NpgsqlConnection connection = _connection ??= await OpenAsync();
        IReadOnlyList<WriteCall> runs = AddCall.Join(calls);
        try
        {
            _turn.Owe();
            // Not the caller's token: cancelling one call in the middle would undo all that share its transaction.
            if (runs is [AddCall { IsOneStatement: true } only])
            {
                // A statement alone is a transaction: one round trip. If the connection breaks in it, it is repeated.
                await only.RunAsync(new SqlSession(connection, null, _database), CancellationToken.None);
            }
            else
            {
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
                SqlSession session = new(connection, transaction, _database);
                foreach (WriteCall call in runs)
                    await call.RunAsync(session, CancellationToken.None);
                await CommitAsync(transaction);
            }
        }
        finally
        {
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Broken) || connection.State != System.Data.ConnectionState.Open)
                await DropAsync();
        }
        Count(calls.Count);
    }

    private static async Task CommitAsync(NpgsqlTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync();
        }
        catch (Exception error) when (PostgresErrors.IsConnection(error))
        {
            throw new InDoubtException(error);
        }
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = await _database.OpenAsync(CancellationToken.None);
        try
        {
            if (await HintRebuild.RunIfLostAsync(connection, _time.GetUtcNow(), transaction => WriteTurn.TakeAsync(connection, transaction)))
                _logger.HintsRebuilt(_options.Address);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task DropAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        await connection.DisposeAsync();
    }

    private Exception Translate(Exception error) =>
        PostgresErrors.IsConnection(error) ? Unavailable(error, inDoubt: false)
        : PostgresErrors.IsBusy(error) ? new PostgresBusyException(_options.LockTimeout, error)
        : error;

    private DatabaseUnavailableException Unavailable(Exception error, bool inDoubt) => new(_options.Address, inDoubt, error);

    private sealed class InDoubtException(Exception inner) : Exception(inner.Message, inner);
}
