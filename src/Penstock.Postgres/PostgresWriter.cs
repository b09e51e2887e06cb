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
    /// <summary>What plans may not do here.</summary>
    /// <remarks>
    /// The engine's statements take the first rows in the order of a key. Statistics gathered while the hints were few let the
    /// planner read all of them and sort: measured, half the speed until the next statistics. A statement that wants another order
    /// puts a materialized set in order: else the planner walks a whole table in the order of some key to spare the sort.
    /// </remarks>
    internal const string InOrderOfKeysSql = "set enable_sort = off; set enable_bitmapscan = off";

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
        if (wanted.Count == 0)
            return;
        InDoubtException? doubt = null;
        if (wanted.Count > 1)
        {
            try
            {
                await TransactAsync(wanted);
                return;
            }
            catch (Exception error)
            {
                doubt = error as InDoubtException;
                _logger.CallsRunAlone(wanted.Count, error); // Alone, each hears its own error.
            }
        }
        foreach (WriteCall call in wanted)
            await AloneAsync(call, doubt);
    }

    /// <param name="doubt">Whether an earlier attempt was committed is not known.</param>
    private async Task AloneAsync(WriteCall call, InDoubtException? doubt)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            // What only adds rows may be done again, whether it was stored or not.
            if (doubt is not null && (call is not AddCall || attempt > AttemptsMax))
            {
                call.Fail(Unavailable(doubt.InnerException!, inDoubt: true));
                return;
            }
            try
            {
                await TransactAsync([call]);
                return;
            }
            catch (InDoubtException error)
            {
                doubt = error;
            }
            catch (Exception error) when ((PostgresErrors.IsConflict(error) || PostgresErrors.IsConnection(error)) && (attempt < AttemptsMax || doubt is not null))
            {
                // Nothing of this attempt was committed: it runs again.
            }
            catch (Exception error)
            {
                call.Fail(doubt is null ? Translate(error) : Unavailable(error, inDoubt: true));
                return;
            }
            await Task.Delay(pause, TimeProvider.System);
            pause *= 2;
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
                await AddAsync(only, new SqlSession(connection, null, _database));
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

    /// <summary>A statement alone is a transaction: one round trip.</summary>
    private static async Task AddAsync(AddCall only, SqlSession session)
    {
        try
        {
            await only.RunAsync(session, CancellationToken.None);
        }
        catch (Exception error) when (PostgresErrors.IsConnection(error))
        {
            throw new InDoubtException(error);
        }
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
            await using NpgsqlCommand plan = new(InOrderOfKeysSql, connection);
            await plan.ExecuteNonQueryAsync();
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
