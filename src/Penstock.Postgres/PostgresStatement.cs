using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>One statement of a connection; the driver keeps it prepared from its second use on.</summary>
internal sealed class PostgresStatement : SqlStatement
{
    private readonly StatementForm _form;
    private readonly WriteTurn? _turn;
    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand _command;
    private ulong _bound;

    /// <param name="turn">Of the writer whose connection this is: the first statement of a transaction asks for it on its way.</param>
    public PostgresStatement(NpgsqlConnection connection, NpgsqlTransaction? transaction, StatementForm form, WriteTurn? turn)
    {
        (_form, _turn) = (form, turn);
        if (form.Types.Count > 64)
            throw new NotSupportedException("A statement takes 64 parameters at most.");
        _command = new NpgsqlBatchCommand(form.Sql);
        foreach (NpgsqlTypes.NpgsqlDbType type in form.Types)
            _command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        _batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { _command } };
    }

    public override SqlStatement Bind(string name, object? value)
    {
        if (!_form.Parameters.TryGetValue(name, out int index))
            throw new ArgumentException($"The statement has no parameter @{name}: {_form.Sql}", nameof(name));
        _bound |= 1UL << index;
        _command.Parameters[index].Value = PostgresValue.Of(value, _form.Types[index]);
        return this;
    }

    public override async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
            // An error after the first row comes only now.
        }
        return Math.Max(reader.RecordsAffected, 0);
    }

    public override async Task<long?> InsertAsync(CancellationToken cancellationToken)
    {
        // The one table with such a key names it so.
        _command.CommandText = _form.Sql + " returning seq";
        await using NpgsqlDataReader reader = await ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : null;
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

    protected override void Dispose(bool disposing) => _batch.Dispose();

    /// <summary>The reader stands before the first row of the statement's own result.</summary>
    private async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken)
    {
        CheckBound();
        if (_batch.BatchCommands.Count > 1)
            _batch.BatchCommands.RemoveAt(0); // The statement runs again; the turn is taken.
        if (_turn?.IsDue() != true)
            return await _batch.ExecuteReaderAsync(cancellationToken);
        _batch.BatchCommands.Insert(0, new NpgsqlBatchCommand(WriteTurn.Sql));
        NpgsqlDataReader reader = await _batch.ExecuteReaderAsync(cancellationToken);
        try
        {
            await reader.NextResultAsync(cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
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
