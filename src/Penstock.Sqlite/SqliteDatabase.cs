using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Penstock.Sql;

namespace Penstock.Sqlite;

/// <summary>One SQLite file: write-ahead log, full durability, one writer with shared commits, many readers.</summary>
public sealed class SqliteDatabase : SqlDatabase, IAsyncDisposable
{
    /// <summary>Text form of an instant: fixed width, so that text order is time order.</summary>
    public const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    private readonly SqliteOptions _options;
    private readonly ConcurrentBag<SqliteSessionConnection> _readers = [];
    private readonly SqliteWriter _writer;

    public SqliteDatabase(SqliteOptions options)
    {
        _options = options;
        _writer = new SqliteWriter(this, Open());
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
        Func<SqlSession, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        _writer.RunAsync(work, cancellationToken);

    protected override void SetValue(DbParameter parameter, object? value) => parameter.Value = value switch
    {
        null => DBNull.Value,
        string or long or int or double or bool or byte[] => value,
        Guid id => id.ToString("D"),
        DateTimeOffset instant => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture),
        TimeSpan span => span.TotalSeconds,
        float single => (double)single,
        SqlList<Guid> ids => JsonSerializer.Serialize(ids.Values),
        SqlList<string> texts => JsonSerializer.Serialize(texts.Values),
        SqlList<long> numbers => JsonSerializer.Serialize(numbers.Values),
        SqlList<int> numbers => JsonSerializer.Serialize(numbers.Values),
        _ => throw new NotSupportedException($"{value.GetType()} has no form in SQLite; parameter {parameter.ParameterName}."),
    };

    protected override DbCommand Command(SqlSession session, string sql) =>
        SqliteSessionConnection.Of(session)?.Rent(sql, session.Transaction) ?? NewCommand(session, sql);

    protected override void Return(SqlSession session, DbCommand command)
    {
        if (SqliteSessionConnection.Of(session) is { } connection)
            connection.Return((SqliteCommand)command);
        else
            command.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        foreach (SqliteSessionConnection reader in _readers)
            reader.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(_options.ConnectionString));
    }

    private static DbCommand NewCommand(SqlSession session, string sql)
    {
        DbCommand command = session.Connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = session.Transaction;
        return command;
    }

    private SqliteSessionConnection Open()
    {
        SqliteConnection connection = new(_options.ConnectionString);
        connection.Open();
        using SqliteCommand pragmas = connection.CreateCommand();
        pragmas.CommandText = _options.Pragmas;
        pragmas.ExecuteNonQuery();
        return new SqliteSessionConnection(connection);
    }
}
