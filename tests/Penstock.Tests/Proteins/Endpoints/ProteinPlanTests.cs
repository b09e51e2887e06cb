using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Penstock.Postgres;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Endpoints;

/// <summary>On PostgreSQL, too, what is asked of one set or one protein costs the same with many sets as with few.</summary>
public sealed partial class ProteinPlanTests
{
    /// <summary>Their rows belong to a set, a snapshot or a configuration.</summary>
    private static readonly string[] TablesOfSets =
        ["go_prediction", "protein_go_annotation", "sequence_embedding", "go_term_relationship", "query_set_entry"];

    // Fifty sets where the sample has two.
    private const string ManySetsSql = """
        set session_replication_role = replica;
        insert into sequence (sequence, sequence_hash, length, created_at) select 'M', 'many ' || i, 1, now() from generate_series(1, 50000) i;
        insert into protein (accession, canonical_accession, is_canonical, sequence_id, created_at, updated_at)
        select 'Z' || id, 'Z' || id, 1, id, now(), now() from sequence where sequence_hash like 'many %';
        create temporary table many as select gen_random_uuid() as set_id, s from generate_series(1, 50) s;
        create temporary table of_many as
        select set_id, s * 1000 + i as n, 'Z' || (s * 1000 + i) as accession from many, generate_series(1, 1000) i;
        insert into go_term (ontology_snapshot_id, go_id, name, is_obsolete) select set_id, 'GO:' || n, 'many', 0 from of_many;
        insert into go_term_relationship select n, n + 1, 'is_a', set_id from of_many;
        insert into protein_go_annotation (annotation_set_id, protein_accession, go_term_id, qualifier, is_negated, evidence_code)
        select set_id, accession, n, 'enables', 0, 'IEA' from of_many;
        insert into sequence_embedding (embedding_config_id, sequence_id, embedding, embedding_dim, created_at)
        select set_id, n, '', 0, now() from of_many;
        insert into query_set_entry (query_set_id, accession, sequence_id) select set_id, accession, n from of_many;
        insert into go_prediction (prediction_set_id, protein_accession, go_term_id, ref_protein_accession, distance, qualifier, evidence_code)
        select set_id, accession, n, 'x', 0.5, 'enables', 'IEA' from of_many;
        analyze; set plan_cache_mode = force_generic_plan
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_statement_about_one_set_or_one_protein_reads_all_sets()
    {
        ConcurrentDictionary<string, bool> seen = [];
        string store = PostgresBackend.NewStore();
        await using (ProteinServer server = await ProteinServer.StartAsync(services => Watch(services, store, seen)))
        {
            SampleWalk walk = await SampleWalk.MakeAsync(server, _ => { });
            foreach (string path in walk.Paths())
                await server.Server.SendAsync(HttpMethod.Get, path);
            await walk.DeleteAsync(server);
        }
        await using NpgsqlConnection connection = new(store + ";Pooling=false");
        await connection.OpenAsync(Cancel);
        await RunAsync(connection, ManySetsSql);
        Dictionary<string, string> leading = await LeadingColumnsAsync(connection);
        List<string> wasteful = [];
        foreach (string sql in seen.Keys.Where(IsOfProteins).Order(StringComparer.Ordinal))
        {
            string plan = await PlanAsync(connection, sql);
            if (ReadsAll(plan, leading))
                wasteful.Add($"{sql}\n{plan}");
        }
        int asked = seen.Keys.Count(IsOfProteins);
        Assert.True(asked > 25, $"Only {asked} statements were seen.");
        Assert.Empty(wasteful);
    }

    /// <summary>A whole table, or a whole index: one that is looked up by another than its first column.</summary>
    private static bool ReadsAll(string plan, Dictionary<string, string> leading) =>
        TablesOfSets.Any(table => plan.Contains($"Seq Scan on {table} ", StringComparison.Ordinal))
        || IndexUse().Matches(plan).Any(use =>
            leading.TryGetValue(use.Groups["index"].Value, out string? column) && !use.Groups["condition"].Value.Contains(column, StringComparison.Ordinal));

    private static bool IsOfProteins(string sql) =>
        sql.Split([' ', '\n', '(', ')', ','], StringSplitOptions.RemoveEmptyEntries).Intersect(TablesOfSets).Any()
        && !sql.Contains("values (", StringComparison.Ordinal)
        && !sql.StartsWith("select count(*), count(*) filter", StringComparison.Ordinal); // the figures of all proteins

    private static void Watch(IServiceCollection services, string store, ConcurrentDictionary<string, bool> seen)
    {
        PostgresBackend.Use(services, store);
        services.AddSingleton<SqlDatabase>(p => new RewritingDatabase(
            p.GetRequiredService<PostgresDatabase>(),
            sql =>
            {
                seen[sql] = true;
                return sql;
            }));
    }

    private static async Task<Dictionary<string, string>> LeadingColumnsAsync(NpgsqlConnection connection)
    {
        await using NpgsqlCommand command = new(
            """
            select i.indexrelid::regclass::text, a.attname::text
              from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
             where i.indrelid::regclass::text = any($1)
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = TablesOfSets });
        Dictionary<string, string> columns = [];
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(Cancel);
        while (await reader.ReadAsync(Cancel))
            columns.Add(reader.GetString(0), reader.GetString(1));
        return columns;
    }

    private static async Task<string> PlanAsync(NpgsqlConnection connection, string sql)
    {
        PostgresText text = PostgresText.Of(sql);
        await RunAsync(connection, $"prepare asked as {text.Positional}");
        string arguments = text.Parameters.Count == 0 ? "" : $"({string.Join(", ", text.Parameters.Select(_ => "null"))})";
        List<string> lines = [];
        await using (NpgsqlCommand command = new($"explain execute asked{arguments}", connection))
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
                lines.Add(reader.GetString(0));
        }
        await RunAsync(connection, "deallocate asked");
        return string.Join('\n', lines);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    [GeneratedRegex(@"Index (Only )?Scan (Backward )?(using|on) (?<index>\w+).*(\n +Index Cond: (?<condition>.*))?")]
    private static partial Regex IndexUse();
}
