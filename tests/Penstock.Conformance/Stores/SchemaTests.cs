using System.Data.Common;
using Penstock.Ops;
using Penstock.Proteins;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Conformance.Stores;

/// <summary>The migrations of each area make the same tables on both databases, so that one statement can run on both.</summary>
public sealed class SchemaTests
{
    /// <summary>On PostgreSQL, claim and finish would leave their page for an index that names the status.</summary>
    private const string OnlyInSqlite = "job index (status, seq) partial";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Both_databases_have_the_same_tables_columns_and_keys()
    {
        await using TestEngine sqlite = await StartAsync(":memory:");
        await using TestEngine postgres = await StartAsync(PostgresStore.New());
        string[] embedded = await LinesAsync(sqlite, SqliteColumnsSql, SqliteIndexesSql, SqliteReferencesSql);
        string[] served = await LinesAsync(postgres, PostgresColumnsSql, PostgresIndexesSql, PostgresReferencesSql);
        Assert.Contains("protein_go_annotation references annotation_set (annotation_set_id -> id) on delete cascade", embedded);
        Assert.Contains("account unique (name)", embedded);
        Assert.Equal(embedded.Except([OnlyInSqlite]), served);
    }

    [Fact]
    public async Task Text_in_an_index_is_ordered_by_its_bytes()
    {
        await using TestEngine postgres = await StartAsync(PostgresStore.New());
        string[] others = await RowsAsync(postgres, PostgresLocalTextSql, row => $"{row.GetString(0)}.{row.GetString(1)}");
        // Words of the program's own, which no list is ordered by.
        Assert.Equal(["dead_letter.status", "job.waiting_for", "schema_version.area"], others);
    }

    private static Task<TestEngine> StartAsync(string path) => TestEngine.StartAsync(
        builder => builder.AddMigrations("ops", 10, typeof(OpsServices).Assembly).AddMigrations("proteins", 20, typeof(ProteinServices).Assembly), path);

    private static async Task<string[]> LinesAsync(TestEngine engine, string columnsSql, string indexesSql, string referencesSql)
    {
        string[] columns = await RowsAsync(
            engine, columnsSql, row => $"{row.GetString(0)}.{row.GetString(1)}{(row.GetInt64(2) != 0 ? " not null" : "")}");
        Part[] indexes = await RowsAsync(engine, indexesSql, Part.Read);
        Part[] references = await RowsAsync(engine, referencesSql, Part.Read);
        // A table may have the same key twice, as primary and as unique key.
        return [.. columns.Concat(Joined(indexes)).Concat(Joined(references)).Distinct().Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Joined(IEnumerable<Part> parts) => parts
        .GroupBy(part => (part.Table, part.Name))
        .Select(one => $"{one.Key.Table} {one.First().Kind} ({string.Join(", ", one.OrderBy(part => part.Position).Select(part => part.Text))}){one.First().Ending}");

    private static Task<T[]> RowsAsync<T>(TestEngine engine, string sql, Func<DbDataReader, T> map) => engine.Database.ReadAsync(
        async (session, token) =>
        {
            using SqlStatement read = session.Statement(sql);
            return (await read.QueryAsync(map, token)).ToArray();
        },
        Cancel);

    private const string SqliteColumnsSql = """
        select m.name, c.name, c."notnull" = 1 or c.pk > 0
          from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite_%'
        """;

    // The key of a table that is ordered by it is no index by itself.
    private const string SqliteIndexesSql = """
        select m.name, 'primary', c.pk, c.name, 'unique', ''
          from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name not like 'sqlite_%' and c.pk > 0
        union all
        select m.name, i.name, x.seqno, x.name, case when i."unique" = 1 then 'unique' else 'index' end,
               case when i.partial = 1 then ' partial' else '' end
          from sqlite_master m join pragma_index_list(m.name) i join pragma_index_info(i.name) x
         where m.type = 'table' and m.name not like 'sqlite_%' and i.origin <> 'pk'
        """;

    private const string SqliteReferencesSql = """
        select m.name, cast(f.id as text), f.seq, f."from" || ' -> ' || coalesce(f."to", 'id'), 'references ' || f."table",
               ' on delete ' || lower(f.on_delete)
          from sqlite_master m join pragma_foreign_key_list(m.name) f
         where m.type = 'table'
        """;

    // Only a server can lose its hints, and only it keeps every version of a row.
    private const string PostgresColumnsSql = """
        select t.relname::text, a.attname::text, a.attnotnull::int
          from pg_class t join pg_attribute a on a.attrelid = t.oid
         where t.relnamespace = current_schema()::regnamespace and t.relkind = 'r' and t.relname not in ('engine_epoch', 'queue_tally')
           and a.attnum > 0 and not a.attisdropped
        """;

    private const string PostgresIndexesSql = """
        select t.relname::text, i.indexrelid::text, k.position, a.attname::text,
               case when i.indisunique then 'unique' else 'index' end, case when i.indpred is null then '' else ' partial' end
          from pg_class t join pg_index i on i.indrelid = t.oid
         cross join unnest(i.indkey::int[]) with ordinality as k (attribute, position)
          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attribute
         where t.relnamespace = current_schema()::regnamespace and t.relname not in ('engine_epoch', 'queue_tally')
        """;

    private const string PostgresReferencesSql = """
        select t.relname::text, c.oid::text, k.position, a.attname || ' -> ' || b.attname, 'references ' || f.relname,
               ' on delete ' || case c.confdeltype
                   when 'c' then 'cascade' when 'r' then 'restrict' when 'n' then 'set null' when 'd' then 'set default' else 'no action' end
          from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_class f on f.oid = c.confrelid
         cross join unnest(c.conkey, c.confkey) with ordinality as k (own, other, position)
          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.own
          join pg_attribute b on b.attrelid = f.oid and b.attnum = k.other
         where c.contype = 'f' and t.relnamespace = current_schema()::regnamespace
        """;

    private const string PostgresLocalTextSql = """
        select distinct t.relname::text, a.attname::text
          from pg_class t join pg_index i on i.indrelid = t.oid
          join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey)
          join pg_collation c on c.oid = a.attcollation
         where t.relnamespace = current_schema()::regnamespace and c.collname <> 'C'
         order by 1, 2
        """;

    /// <summary>One column of an index or of a reference.</summary>
    private sealed record Part(string Table, string Name, long Position, string Text, string Kind, string Ending)
    {
        public static Part Read(DbDataReader row) =>
            new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5));
    }
}
