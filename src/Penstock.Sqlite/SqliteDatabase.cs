using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Penstock.Engine.Storage;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>One SQLite file: write-ahead log, full durability, one writer with shared commits, many readers.</summary>
public sealed class SqliteDatabase : SqlDatabase, IStoreConnections, IAsyncDisposable
{
    private readonly SqliteOptions _options;
    private readonly ConcurrentBag<SqliteSessionConnection> _readers = [];
    private readonly SqliteWriter _writer;

    public SqliteDatabase(SqliteOptions options)
    {
        _options = options;
        WriteTurn? turn = options.IsMemory ? null : WriteTurn.Open(options.Path);
        // The first connection may have to make the file or repair its log, which takes the file for itself.
        turn?.Take();
        try
        {
            _writer = new SqliteWriter(this, Open(), turn, options);
        }
        finally
        {
            turn?.Give();
        }
    }

    public override string Dialect => "sqlite";

    /// <summary>Commits so far and the calls that shared them; for benchmarks and metrics.</summary>
    public (long Commits, long Calls) WriteCounts => _writer.Counts;

    public override async Task<T> ReadAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        if (_options.IsMemory)
        {
            // A database in memory has one connection: reads take their turn in the writer.
            return await WriteAsync(query, cancellationToken);
        }
        SqliteSessionConnection reader = _readers.TryTake(out SqliteSessionConnection? free) ? free : Open();
        try
        {
            return await query(reader.SessionOf(this, null), cancellationToken);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    public override Task<T> WriteAsync<T>(
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken, bool forCommands = false) =>
        _writer.RunAsync(work, forCommands, cancellationToken);

    protected override SqlStatement Prepare(SqlSession session, string sql)
    {
        if (SqliteSessionConnection.Of(session) is { } own)
            return own.Rent(sql);
        // A connection of the caller's: nothing of ours may outlive the call.
        return new SqliteStatement((SqliteConnection)session.Connection, sql, owner: null);
    }

    Task<DbConnection> IStoreConnections.OpenAsync(CancellationToken cancellationToken)
    {
        if (_options.IsMemory)
            throw new InvalidOperationException("A database in memory has one connection, the store's own. Keep it in a file to begin transactions of your own.");
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<DbConnection>(OpenPlain());
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        foreach (SqliteSessionConnection reader in _readers)
            reader.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(_options.ConnectionString));
    }

    private SqliteSessionConnection Open() => new(OpenPlain());

    private SqliteConnection OpenPlain()
    {
        SqliteConnection connection = new(_options.ConnectionString);
        connection.Open();
        using SqliteCommand pragmas = connection.CreateCommand();
        pragmas.CommandText = _options.Pragmas;
        pragmas.ExecuteNonQuery();
        return connection;
    }
}
