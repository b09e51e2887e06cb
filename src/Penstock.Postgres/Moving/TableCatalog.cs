using Npgsql;
using NpgsqlTypes;

namespace Penstock.Postgres.Moving;

/// <param name="IsIdentity">The server numbers its rows.</param>
internal sealed record TableColumn(string Name, NpgsqlDbType Type, bool IsIdentity);

/// <summary>An ordinary table of the schema.</summary>
internal sealed record Table(string Name, IReadOnlyList<TableColumn> Columns)
{
    public string Quoted => Quote(Name);

    /// <summary>In their order, for a statement of either dialect.</summary>
    public string ColumnList => string.Join(", ", Columns.Select(c => Quote(c.Name)));

    /// <summary>Names come from the catalog, never from a caller.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>What tables there are, from the server's own catalog.</summary>
internal static class TableCatalog
{
    private const string ColumnsSql = """
        select c.relname, a.attname, format_type(a.atttypid, null), a.attidentity <> ''
          from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
         where n.nspname = current_schema() and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
         order by c.relname collate "C", a.attnum
        """;

    private const string ReferencesSql = """
        select c.relname, r.relname
          from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class r on r.oid = f.confrelid
          join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = current_schema() and f.contype = 'f' and f.conrelid <> f.confrelid
        """;

    /// <returns>Each after those it refers to.</returns>
    public static async Task<IReadOnlyList<Table>> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        List<(string Table, TableColumn Column)> columns = [];
        await using (NpgsqlCommand ask = new(ColumnsSql, connection))
        await using (NpgsqlDataReader row = await ask.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                columns.Add((row.GetString(0), new TableColumn(row.GetString(1), TypeOf(row.GetString(2)), row.GetBoolean(3))));
        }
        List<(string Table, string RefersTo)> references = [];
        await using (NpgsqlCommand ask = new(ReferencesSql, connection))
        await using (NpgsqlDataReader row = await ask.ExecuteReaderAsync(cancellationToken))
        {
            while (await row.ReadAsync(cancellationToken))
                references.Add((row.GetString(0), row.GetString(1)));
        }
        IEnumerable<Table> tables = columns.GroupBy(c => c.Table, c => c.Column).Select(group => new Table(group.Key, [.. group]));
        return InOrder([.. tables], references.ToLookup(r => r.Table, r => r.RefersTo, StringComparer.Ordinal));
    }

    private static List<Table> InOrder(List<Table> tables, ILookup<string, string> references)
    {
        List<Table> ordered = [];
        while (tables.Count > 0)
        {
            int next = tables.FindIndex(table => !references[table.Name].Any(name => tables.Exists(t => t.Name == name)));
            if (next < 0)
                throw new NotSupportedException($"Tables refer to each other in a circle: {string.Join(", ", tables.Select(t => t.Name))}.");
            ordered.Add(tables[next]);
            tables.RemoveAt(next);
        }
        return ordered;
    }

    /// <summary>The types that migrations use. Others may stand in tables that are not Penstock's.</summary>
    private static NpgsqlDbType TypeOf(string name) => name switch
    {
        "bigint" => NpgsqlDbType.Bigint,
        "integer" => NpgsqlDbType.Integer,
        "double precision" => NpgsqlDbType.Double,
        "text" => NpgsqlDbType.Text,
        "json" => NpgsqlDbType.Json,
        "uuid" => NpgsqlDbType.Uuid,
        "timestamp with time zone" => NpgsqlDbType.TimestampTz,
        "bytea" => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Unknown,
    };
}
