using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>One statement of a connection; the driver keeps it prepared from its second use on.</summary>
internal sealed class PostgresStatement : SqlStatement
{
    private readonly StatementForm _form;
    private readonly NpgsqlCommand _command;
    private ulong _bound;

    public PostgresStatement(NpgsqlConnection connection, NpgsqlTransaction? transaction, StatementForm form)
    {
        _form = form;
        if (form.Types.Count > 64)
            throw new NotSupportedException("A statement takes 64 parameters at most.");
        _command = new NpgsqlCommand(form.Sql, connection, transaction);
        foreach (NpgsqlTypes.NpgsqlDbType type in form.Types)
            _command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
    }

    public override SqlStatement Bind(string name, object? value)
    {
        if (!_form.Parameters.TryGetValue(name, out int index))
            throw new ArgumentException($"The statement has no parameter @{name}: {_form.Sql}", nameof(name));
        _bound |= 1UL << index;
        _command.Parameters[index].Value = PostgresValue.Of(value, _form.Types[index]);
        return this;
    }

    public override Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        CheckBound();
        return ChangedAsync(cancellationToken);
    }

    public override async Task<long?> InsertAsync(CancellationToken cancellationToken)
    {
        CheckBound();
        // The one table with such a key names it so.
        _command.CommandText = _form.Sql + " returning seq";
        object? key = await _command.ExecuteScalarAsync(cancellationToken);
        return key is null or DBNull ? null : Convert.ToInt64(key);
    }

    public override async Task<T?> ScalarAsync<T>(CancellationToken cancellationToken)
        where T : default
    {
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? new PostgresRow(reader).GetFieldValue<T>(0) : default;
    }

    public override async Task<List<T>> QueryAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        List<T> rows = [];
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        PostgresRow row = new(reader);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(row));
        return rows;
    }

    public override async Task<T?> FirstAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
        where T : class
    {
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? map(new PostgresRow(reader)) : null;
    }

    public override async IAsyncEnumerable<T> StreamAsync<T>(
        Func<DbDataReader, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        PostgresRow row = new(reader);
        while (await reader.ReadAsync(cancellationToken))
            yield return map(row);
    }

    protected override void Dispose(bool disposing) => _command.Dispose();

    private async Task<int> ChangedAsync(CancellationToken cancellationToken) =>
        Math.Max(await _command.ExecuteNonQueryAsync(cancellationToken), 0);

    private Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken)
    {
        CheckBound();
        return _command.ExecuteReaderAsync(cancellationToken);
    }

    private void CheckBound()
    {
        int count = _form.Types.Count;
        if (count > 0 && _bound != ulong.MaxValue >> (64 - count))
        {
            string missing = string.Join(", ", _form.Parameters.Where(p => (_bound & (1UL << p.Value)) == 0).Select(p => "@" + p.Key));
            throw new InvalidOperationException($"No value was bound to {missing}: {_form.Sql}");
        }
    }
}
