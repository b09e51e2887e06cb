using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>The one writer of this process. Calls that arrive while a commit is being written share the next one.</summary>
/// <remarks>
/// Processes write in turn, as on SQLite: each transaction takes one advisory lock first, so that what it reads is what it
/// writes on. If a call throws, the transaction is rolled back and each of its calls runs in one of its own: refusals are
/// rare, and a savepoint would cost every call two round trips. A call may therefore run more than once, but is stored once.
/// </remarks>
internal sealed class PostgresWriter : IAsyncDisposable
{
    private const int CallsPerCommitMax = 256;
    private const int AttemptsMax = 6;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PostgresDatabase _database;
    private readonly PostgresOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Task _loop;
    private NpgsqlConnection? _connection;
    private long _commits;
    private long _served;

    public PostgresWriter(PostgresDatabase database, PostgresOptions options, TimeProvider time, ILogger logger)
    {
        (_database, _options, _time, _logger) = (database, options, time, logger);
        _loop = Task.Run(RunLoopAsync);
    }

    public (long Commits, long Calls) Counts => (Interlocked.Read(ref _commits), Interlocked.Read(ref _served));

    public async Task<T> RunAsync<T>(Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        Call<T> call = new(work, cancellationToken);
        if (!_calls.Writer.TryWrite(call))
            throw new ObjectDisposedException(nameof(PostgresDatabase), "The database is closed.");
        return await call.Completion.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _calls.Writer.TryComplete();
        await _loop;
        await DropAsync();
    }

    private async Task RunLoopAsync()
    {
        List<Call> batch = [];
        while (await _calls.Reader.WaitToReadAsync())
        {
            while (batch.Count < CallsPerCommitMax && _calls.Reader.TryRead(out Call? call))
                batch.Add(call);
            await CommitAsync(batch);
            foreach (Call call in batch)
                call.Settle();
            batch.Clear();
        }
    }

    private async Task CommitAsync(List<Call> batch)
    {
        foreach (Call call in batch.Where(c => c.CancellationToken.IsCancellationRequested))
            call.Fail(new OperationCanceledException(call.CancellationToken));
        List<Call> wanted = [.. batch.Where(c => !c.Failed)];
        if (wanted.Count == 0 || await TryTogetherAsync(wanted))
            return;
        foreach (Call call in wanted)
            await AloneAsync(call);
    }

    /// <returns>False: one of them threw; nothing is stored.</returns>
    private async Task<bool> TryTogetherAsync(List<Call> calls)
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
            foreach (Call call in calls)
                call.Fail(Unavailable(doubt.InnerException!, inDoubt: true));
            return true;
        }
        catch (Exception)
        {
            return false; // Alone, each hears its own error.
        }
    }

    private async Task AloneAsync(Call call)
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

    private async Task TransactAsync(IReadOnlyList<Call> calls)
    {
        NpgsqlConnection connection = _connection ??= await OpenAsync();
        try
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            await TakeTurnAsync(connection, transaction);
            SqlSession session = new(connection, transaction, _database);
            foreach (Call call in calls)
                await call.RunAsync(session);
            await CommitAsync(transaction);
        }
        finally
        {
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Broken) || connection.State != System.Data.ConnectionState.Open)
                await DropAsync();
        }
        _commits++;
        _served += calls.Count;
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

    /// <summary>Waits until no other engine transaction of this database is under way.</summary>
    public static async Task TakeTurnAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await using NpgsqlCommand turn = new("select pg_advisory_xact_lock(hashtext('penstock'), hashtext(current_schema()))", connection, transaction);
        await turn.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        NpgsqlConnection connection = await _database.OpenAsync(CancellationToken.None);
        try
        {
            if (await HintRebuild.RunIfLostAsync(connection, _time.GetUtcNow(), transaction => TakeTurnAsync(connection, transaction)))
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

        // Not the caller's token: cancelling one call in the middle would undo all that share its transaction.
        public override async Task RunAsync(SqlSession session) => _result = await work(session, CancellationToken.None);

        public override void Settle()
        {
            if (Error is not null)
                Completion.SetException(Error);
            else
                Completion.SetResult(_result!);
        }
    }
}
