using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>One PostgreSQL database, shared by any number of processes: a writer with shared commits, many readers.</summary>
public sealed class PostgresDatabase : SqlDatabase, IStoreConnections, IAsyncDisposable
{
    /// <summary>After a restart of the server every pooled connection is dead, and each is found out by using it.</summary>
    private const int ReadAttemptsMax = 3;

    private readonly PostgresOptions _options;
    private readonly NpgsqlDataSource _source;
    private readonly StatementForms _forms = new();
    private readonly PostgresWriter _writer;

    public PostgresDatabase(PostgresOptions options, TimeProvider time, ILogger<PostgresDatabase> logger)
    {
        _options = options;
        _source = new NpgsqlDataSourceBuilder(options.PoolString).Build();
        _writer = new PostgresWriter(this, options, time, logger);
    }

    public override string Dialect => "postgres";

    public override bool PrefersSets => true;

    /// <summary>Commits so far and the calls that shared them; for benchmarks and metrics.</summary>
    public (long Commits, long Calls) WriteCounts => _writer.Counts;

    /// <remarks>A query whose connection breaks runs again on another.</remarks>
    public override async Task<T> ReadAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using NpgsqlConnection connection = await OpenAsync(cancellationToken);
                return await query(new SqlSession(connection, null, this), cancellationToken);
            }
            catch (Exception error) when (attempt < ReadAttemptsMax && PostgresErrors.IsConnection(error))
            {
                _source.Clear();
            }
            catch (Exception error) when (PostgresErrors.IsConnection(error))
            {
                throw new DatabaseUnavailableException(_options.Address, inDoubt: false, error);
            }
        }
    }

    public override Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false) =>
        _writer.RunAsync(work, forCommands, cancellationToken);

    public override Task<IReadOnlyList<TResult>> AddAsync<TRow, TResult>(
        RowAdder<TRow, TResult> adder, IReadOnlyList<TRow> rows, CancellationToken cancellationToken) =>
        _writer.AddAsync(adder, rows, cancellationToken);

    public override SqlSession Enlist(DbTransaction transaction)
    {
        SqlSession session = base.Enlist(transaction);
        if (session.Connection.ConnectionString.Contains(PostgresOptions.EngineSetting, StringComparison.Ordinal))
            return session;
        // A connection that the engine did not open: what the engine writes on it is no SQL by hand.
        using DbCommand tell = session.Connection.CreateCommand();
        tell.Transaction = transaction;
        tell.CommandText = "select set_config('penstock.engine', 'on', true)";
        tell.ExecuteNonQuery();
        return session;
    }

    public override Task TakeTurnAsync(SqlSession session, CancellationToken cancellationToken) =>
        WriteTurn.TakeAsync((NpgsqlConnection)session.Connection, (NpgsqlTransaction)session.Transaction!);

    protected override SqlStatement Prepare(SqlSession session, string sql)
    {
        NpgsqlConnection connection = (NpgsqlConnection)session.Connection;
        NpgsqlTransaction? transaction = (NpgsqlTransaction?)session.Transaction;
        return new PostgresStatement(connection, transaction, _forms.Of(connection, transaction, sql), _writer.TurnOf(connection));
    }

    protected override SqlLoad PrepareLoad(SqlSession session, string sql)
    {
        NpgsqlConnection connection = (NpgsqlConnection)session.Connection;
        NpgsqlTransaction? transaction = (NpgsqlTransaction?)session.Transaction;
        return new PostgresLoad(connection, transaction, _forms.LoadOf(connection, transaction, sql), _writer.TurnOf(connection));
    }

    async Task<DbConnection> IStoreConnections.OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(cancellationToken);
        }
        catch (Exception error) when (PostgresErrors.IsConnection(error))
        {
            throw new DatabaseUnavailableException(_options.Address, inDoubt: false, error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        await _source.DisposeAsync();
    }

    internal async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken);
        }
        catch (PostgresException error) when (PostgresErrors.IsRefusal(error))
        {
            throw new PostgresRefusedException(_options.Address, error);
        }
    }
}
