using Npgsql;

namespace Penstock.Conformance.SqlByHand;

/// <summary>A person with an SQL prompt: a connection that is not the engine's, and says so by saying nothing.</summary>
internal sealed class Operator(NpgsqlConnection connection) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    public static async Task<Operator> ConnectAsync(string store, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = new(store + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        return new Operator(connection);
    }

    /// <returns>How many rows the statement counted.</returns>
    public async Task<int> DoAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>Each row as text, columns parted by <c>|</c>, as psql shows them.</returns>
    public async Task<string[]> ReadAsync(string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        List<string> rows = [];
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "" : $"{reader.GetValue(i)}")));
        return [.. rows];
    }

    /// <summary>One statement by hand, in a transaction of its own.</summary>
    public static async Task<int> DoAsync(string store, string sql, CancellationToken cancellationToken)
    {
        await using Operator person = await ConnectAsync(store, cancellationToken);
        return await person.DoAsync(sql, cancellationToken);
    }

    public static async Task<string[]> ReadAsync(string store, string sql, CancellationToken cancellationToken)
    {
        await using Operator person = await ConnectAsync(store, cancellationToken);
        return await person.ReadAsync(sql, cancellationToken);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
