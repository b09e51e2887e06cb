using Npgsql;
using NpgsqlTypes;
using Penstock.Sql;

namespace Penstock.Postgres;

/// <summary>Rows gathered by column, inserted some at a time by one statement that unfolds an array for each parameter.</summary>
/// <remarks>
/// Not COPY: that knows neither conflicts nor how many rows were new. Arrays are unfolded in their order, so the keys that the
/// server gives follow the order of the rows.
/// </remarks>
internal sealed class PostgresLoad : SqlLoad
{
    /// <summary>Rows of one statement: bounds its memory here and on the server.</summary>
    private const int RowsMax = 1_000;

    private readonly LoadForm _form;
    private readonly WriteTurn? _turn;
    private readonly NpgsqlCommand _command;
    private readonly object?[] _row;
    private readonly List<object>[] _columns;
    private int _rows;
    private int _inserted;

    /// <param name="turn">As of <see cref="PostgresStatement"/>.</param>
    public PostgresLoad(NpgsqlConnection connection, NpgsqlTransaction? transaction, LoadForm form, WriteTurn? turn)
    {
        (_form, _turn) = (form, turn);
        _command = new NpgsqlCommand(form.Sql, connection, transaction);
        foreach (NpgsqlDbType type in form.Row.Types)
            _command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | type });
        _row = new object?[form.Row.Types.Count];
        _columns = [.. form.Row.Types.Select(_ => new List<object>())];
    }

    public override SqlLoad Bind(string name, object? value)
    {
        if (!_form.Row.Parameters.TryGetValue(name, out int index))
            throw new ArgumentException($"The load has no parameter @{name}: {_form.Sql}", nameof(name));
        _row[index] = PostgresValue.Of(value, _form.Row.Types[index]);
        return this;
    }

    public override Task AddAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _row.Length; i++)
            _columns[i].Add(_row[i] ?? throw new InvalidOperationException($"No value was bound to parameter {i + 1} of: {_form.Sql}"));
        return ++_rows < RowsMax ? Task.CompletedTask : SendAsync(cancellationToken);
    }

    public override async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        if (_rows > 0)
            await SendAsync(cancellationToken);
        return _inserted;
    }

    protected override void Dispose(bool disposing) => _command.Dispose();

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        for (int i = 0; i < _columns.Length; i++)
        {
            _command.Parameters[i].Value = PostgresValue.ArrayOf(_columns[i], _form.Row.Types[i]);
            _columns[i].Clear();
        }
        _rows = 0;
        if (_turn?.IsDue() == true)
            await WriteTurn.TakeAsync(_command.Connection!, _command.Transaction);
        _inserted += await _command.ExecuteNonQueryAsync(cancellationToken);
    }
}
