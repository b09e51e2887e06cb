using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using Penstock.Sql;

namespace Penstock.Postgres.Moving;

/// <summary>One table's rows from the embedded database into the server, and back again for comparison.</summary>
internal sealed class TableCopy(Table table, SqlSession source, NpgsqlConnection target)
{
    /// <summary>Rows between two reports.</summary>
    private const int ReportInterval = 1_000;

    /// <summary>Of the rows as they were sent.</summary>
    public RowDigest Sent { get; } = new();

    public Table Table => table;

    public async Task WriteAsync(Action<long> tell, CancellationToken cancellationToken)
    {
        object[] values = new object[table.Columns.Count];
        using SqlStatement select = source.Statement($"select {table.ColumnList} from {table.Quoted}");
        await using NpgsqlBinaryImporter copy = await target.BeginBinaryImportAsync(
            $"copy {table.Quoted} ({table.ColumnList}) from stdin (format binary)", cancellationToken);
        copy.Timeout = Timeout.InfiniteTimeSpan; // Its end checks all foreign keys, which takes as long as it takes.
        await foreach (object[] row in select.StreamAsync(Read, cancellationToken))
        {
            await copy.StartRowAsync(cancellationToken);
            for (int i = 0; i < row.Length; i++)
            {
                if (row[i] is DBNull)
                    await copy.WriteNullAsync(cancellationToken);
                else
                    await copy.WriteAsync(row[i], table.Columns[i].Type, cancellationToken);
            }
            Sent.Add(row);
            if (Sent.Rows % ReportInterval == 0)
                tell(Sent.Rows);
        }
        await copy.CompleteAsync(cancellationToken);
        tell(Sent.Rows);

        object[] Read(DbDataReader row)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = ValueOf(row, i, table.Columns[i].Type);
            return values;
        }
    }

    /// <returns>Of the rows as they came back.</returns>
    public async Task<RowDigest> ReadBackAsync(Action<long> tell, CancellationToken cancellationToken)
    {
        RowDigest received = new();
        object[] values = new object[table.Columns.Count];
        await using NpgsqlCommand select = new($"select {table.ColumnList} from {table.Quoted}", target) { CommandTimeout = 0 };
        await using NpgsqlDataReader row = await select.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            row.GetValues(values);
            received.Add(values);
            if (received.Rows % ReportInterval == 0)
                tell(received.Rows);
        }
        tell(received.Rows);
        return received;
    }

    /// <summary>The embedded database has numbers, texts and blobs; the column says what a value is meant as.</summary>
    private static object ValueOf(DbDataReader row, int column, NpgsqlDbType type) => row.IsDBNull(column)
        ? DBNull.Value
        : PostgresValue.Of(
            type switch
            {
                NpgsqlDbType.Bigint or NpgsqlDbType.Integer => row.GetInt64(column),
                NpgsqlDbType.Double => row.GetDouble(column),
                NpgsqlDbType.Uuid => row.GetGuid(column),
                NpgsqlDbType.TimestampTz => WholeMicroseconds(row.Instant(column)),
                NpgsqlDbType.Bytea => row.GetFieldValue<byte[]>(column),
                _ => row.GetString(column),
            },
            type);

    /// <summary>The server keeps no more, and only instants that people wrote by hand have more.</summary>
    private static DateTimeOffset WholeMicroseconds(DateTimeOffset instant) => instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerMicrosecond));
}
