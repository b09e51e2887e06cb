using System.Buffers;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Penstock.Sql;
using SQLitePCL;

namespace Penstock.Sqlite;

/// <summary>A prepared statement on SQLite's own interface.</summary>
/// <remarks>
/// The ADO.NET command looks each parameter up by name in native code at each run and makes a reader for it: measured, ten
/// times the cost of the statement itself. Here names are looked up once, and the row is read in place.
/// </remarks>
internal sealed class SqliteStatement : SqlStatement
{
    private const int StackBytes = 256;

    private readonly SqliteConnection _connection;
    private readonly SqliteSessionConnection? _owner;
    private readonly sqlite3_stmt _statement;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);
    private readonly SqliteRow _row;
    private ulong _bound;

    public SqliteStatement(SqliteConnection connection, string sql, SqliteSessionConnection? owner)
    {
        _connection = connection;
        _owner = owner;
        Sql = sql;
        int code = raw.sqlite3_prepare_v2(connection.Handle, sql, out _statement);
        Check(code);
        for (int i = 1, count = raw.sqlite3_bind_parameter_count(_statement); i <= count; i++)
            _parameters[raw.sqlite3_bind_parameter_name(_statement, i).utf8_to_string()[1..]] = i;
        if (_parameters.Count > 64)
            throw new NotSupportedException("A statement takes 64 parameters at most.");
        _row = new SqliteRow(_statement);
    }

    public string Sql { get; }

    public override SqlStatement Bind(string name, object? value)
    {
        switch (value)
        {
            case null:
                Check(raw.sqlite3_bind_null(_statement, IndexOf(name)));
                return this;
            case string text:
                return BindText(name, text);
            case long or int or short or byte:
                return Bind(name, Convert.ToInt64(value));
            case bool flag:
                return Bind(name, flag ? 1L : 0L);
            case double or float:
                Check(raw.sqlite3_bind_double(_statement, IndexOf(name), Convert.ToDouble(value)));
                return this;
            case TimeSpan span:
                Check(raw.sqlite3_bind_double(_statement, IndexOf(name), span.TotalSeconds));
                return this;
            case Guid id:
                return Bind(name, id);
            case DateTimeOffset instant:
                return Bind(name, instant);
            case byte[] bytes:
                Check(raw.sqlite3_bind_blob(_statement, IndexOf(name), bytes));
                return this;
            case SqlList<Guid> ids:
                return BindText(name, JsonList.Of(ids.Values));
            case SqlList<string> texts:
                return BindText(name, JsonList.Of(texts.Values));
            case SqlList<long> numbers:
                return BindText(name, JsonList.Of(numbers.Values));
            case SqlList<int> numbers:
                return BindText(name, JsonList.Of(numbers.Values));
            default:
                throw new NotSupportedException($"{value.GetType()} has no form in SQLite; parameter {name}.");
        }
    }

    public override SqlStatement Bind(string name, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, IndexOf(name), value));
        return this;
    }

    public override SqlStatement Bind(string name, Guid value)
    {
        Span<byte> text = stackalloc byte[36];
        value.TryFormat(text, out int length);
        Check(raw.sqlite3_bind_text(_statement, IndexOf(name), text[..length]));
        return this;
    }

    public override SqlStatement Bind(string name, DateTimeOffset value)
    {
        Span<byte> text = stackalloc byte[InstantText.Length];
        InstantText.Write(value, text);
        Check(raw.sqlite3_bind_text(_statement, IndexOf(name), text));
        return this;
    }

    public override Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        CheckBound();
        try
        {
            while (Step()) { }
            return Task.FromResult(raw.sqlite3_changes(_connection.Handle));
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public override async Task<long?> InsertAsync(CancellationToken cancellationToken) =>
        await ExecuteAsync(cancellationToken) == 0 ? null : raw.sqlite3_last_insert_rowid(_connection.Handle);

    public override Task<T?> ScalarAsync<T>(CancellationToken cancellationToken)
        where T : default
    {
        CheckBound();
        try
        {
            return Task.FromResult(Step() && !_row.IsDBNull(0) ? _row.GetFieldValue<T>(0) : default);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public override Task<List<T>> QueryAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        CheckBound();
        List<T> rows = [];
        try
        {
            while (Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                rows.Add(map(_row));
            }
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
        return Task.FromResult(rows);
    }

    public override Task<T?> FirstAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
        where T : class
    {
        CheckBound();
        try
        {
            return Task.FromResult(Step() ? map(_row) : null);
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    public override async IAsyncEnumerable<T> StreamAsync<T>(
        Func<DbDataReader, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CheckBound();
        try
        {
            while (Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return map(_row);
            }
            await Task.CompletedTask;
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>For statements without values or rows.</summary>
    public void Run()
    {
        try
        {
            while (Step()) { }
        }
        finally
        {
            raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>Frees the native statement.</summary>
    public void End() => _statement.Dispose();

    protected override void Dispose(bool disposing)
    {
        // Not cleared: each use must bind every value anew, and is checked for it.
        _bound = 0;
        if (_owner is null || !_owner.TryKeep(this))
            End();
    }

    private SqliteStatement BindText(string name, ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(_statement, IndexOf(name), utf8));
        return this;
    }

    private SqliteStatement BindText(string name, string text)
    {
        int max = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        Span<byte> bytes = max <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(max);
        int length = Encoding.UTF8.GetBytes(text, bytes);
        BindText(name, bytes[..length]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    private int IndexOf(string name)
    {
        if (!_parameters.TryGetValue(name, out int index))
            throw new ArgumentException($"The statement has no parameter @{name}: {Sql}", nameof(name));
        _bound |= 1UL << (index - 1);
        return index;
    }

    private void CheckBound()
    {
        int count = _parameters.Count;
        if (count > 0 && _bound != ulong.MaxValue >> (64 - count))
        {
            string missing = string.Join(", ", _parameters.Where(p => (_bound & (1UL << (p.Value - 1))) == 0).Select(p => "@" + p.Key));
            throw new InvalidOperationException($"No value was bound to {missing}: {Sql}");
        }
    }

    private bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            Throw(code);
        return false;
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
            Throw(code);
    }

    private void Throw(int code)
    {
        sqlite3 handle = _connection.Handle!;
        throw new SqliteException(
            $"SQLite error {code}: {raw.sqlite3_errmsg(handle).utf8_to_string()} in: {Sql}", code, raw.sqlite3_extended_errcode(handle));
    }
}
