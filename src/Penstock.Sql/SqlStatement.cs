using System.Data;
using System.Data.Common;

namespace Penstock.Sql;

/// <summary>One statement with its values: bind, then run once or many times with other values.</summary>
public sealed class SqlStatement : IDisposable
{
    private readonly SqlSession _session;
    private readonly DbCommand _command;

    internal SqlStatement(SqlSession session, string sql)
    {
        _session = session;
        _command = session.Database.Command(session, sql);
    }

    /// <summary>Sets the parameter <c>@name</c>; null becomes SQL null.</summary>
    public SqlStatement Bind(string name, object? value)
    {
        DbParameterCollection parameters = _command.Parameters;
        int index = parameters.IndexOf("@" + name);
        DbParameter parameter;
        if (index >= 0)
        {
            parameter = parameters[index];
        }
        else
        {
            parameter = _command.CreateParameter();
            parameter.ParameterName = "@" + name;
            parameters.Add(parameter);
        }
        _session.Database.SetValue(parameter, value);
        return this;
    }

    /// <returns>Rows changed.</returns>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken) => _command.ExecuteNonQueryAsync(cancellationToken);

    /// <summary>The first column of the first row; default where there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(CancellationToken cancellationToken)
    {
        await using DbDataReader reader = await _command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await reader.ReadAsync(cancellationToken) && !reader.IsDBNull(0) ? reader.GetFieldValue<T>(0) : default;
    }

    public async Task<List<T>> QueryAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
    {
        List<T> rows = [];
        await using DbDataReader reader = await _command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(map(reader));
        return rows;
    }

    public async Task<T?> FirstAsync<T>(Func<DbDataReader, T> map, CancellationToken cancellationToken)
        where T : class
    {
        await using DbDataReader reader = await _command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? map(reader) : null;
    }

    /// <summary>Rows one by one, for results too large to hold.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Func<DbDataReader, T> map, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using DbDataReader reader = await _command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            yield return map(reader);
    }

    public void Dispose() => _session.Database.Return(_session, _command);
}
