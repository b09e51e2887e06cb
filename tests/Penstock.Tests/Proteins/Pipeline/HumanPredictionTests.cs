using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Proteins.Embeddings;
using Penstock.Sql;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>The whole way on real data, with the embeddings and the predictions of the reference.</summary>
public abstract class HumanPredictionTests
{
    /// <summary>Null: a file in the pipeline's folder.</summary>
    protected abstract string? NewStore();

    private const string ConfigId = "11111111-1111-7111-8111-111111111111";

    [Fact]
    public async Task Predictions_and_evaluation_on_the_real_data_equal_the_reference()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        Guid snapshotId = await HumanData.LoadOntologyAsync(pipeline);
        await HumanData.LoadProteinsAsync(pipeline);
        Guid older = (await HumanData.LoadGafAsync(pipeline, snapshotId, "t0", proteaCompat: true)).GetProperty("annotation_set_id").GetGuid();
        Guid newer = (await HumanData.LoadGafAsync(pipeline, snapshotId, "t1", proteaCompat: true)).GetProperty("annotation_set_id").GetGuid();
        await StoreEmbeddingsAsync(pipeline);

        string[] queries = await File.ReadAllLinesAsync(HumanData.PathOf("e2e", "queries.txt"));
        JsonElement predicted = await pipeline.RunAsync("predict_go_terms", new
        {
            embedding_config_id = ConfigId, annotation_set_id = older, ontology_snapshot_id = snapshotId, query_accessions = queries,
            limit_per_entry = 5, batch_size = 1_024, compute_reranker_features = true, protea_compat = true,
        });
        Guid predictionSetId = predicted.GetProperty("prediction_set_id").GetGuid();
        await ComparePredictionsAsync(pipeline, predictionSetId);

        Guid evaluationSetId = (await pipeline.RunAsync(
            "generate_evaluation_set", new { old_annotation_set_id = older, new_annotation_set_id = newer })).GetProperty("evaluation_set_id").GetGuid();
        JsonElement evaluated = await pipeline.RunAsync("run_cafa_evaluation", new
        {
            evaluation_set_id = evaluationSetId, prediction_set_id = predictionSetId, ia_file = HumanData.PathOf("ontology", "IA_cafa6.tsv.gz"),
        });
        Assert.Equal(["NK", "LK", "PK"], evaluated.GetProperty("settings_evaluated").EnumerateArray().Select(s => s.GetString()!));
        Assert.True(evaluated.GetProperty("ia_used").GetBoolean());
    }

    private static async Task StoreEmbeddingsAsync(ProteinPipeline pipeline)
    {
        string[] accessions = await File.ReadAllLinesAsync(HumanData.PathOf("e2e", "accessions.txt"));
        (float[] values, int columns) = NpyReader.Read(HumanData.PathOf("e2e", "embeddings_f16.npy"));
        SqlDatabase database = pipeline.Services.GetRequiredService<SqlDatabase>();
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement config = session.Statement(
                    """
                    insert into embedding_config (id, model_name, model_backend, layer_indices, layer_agg, pooling, normalize_residues, normalize,
                                                  max_length, use_chunking, chunk_size, chunk_overlap, created_at)
                    values (@id, 'reference', 'external', '[0]', 'mean', 'mean', 0, 1, 1022, 0, 512, 0, '2026-01-01T00:00:00.000000Z')
                    """).Bind("id", ConfigId);
                await config.ExecuteAsync(token);
                // Two proteins share a sequence; the reference gave each the vector of the first.
                using SqlStatement insert = session.Statement(
                    """
                    insert into sequence_embedding (embedding_config_id, sequence_id, embedding, embedding_dim, created_at)
                    select @config, sequence_id, @vector, @dimension, '2026-01-01T00:00:00.000000Z' from protein where accession = @accession
                    on conflict do nothing
                    """).Bind("config", ConfigId).Bind("dimension", columns);
                for (int i = 0; i < accessions.Length; i++)
                    await insert.Bind("accession", accessions[i]).Bind("vector", EmbeddingBytes.ToBytes(values.AsSpan(i * columns, columns)))
                        .ExecuteAsync(token);
            },
            CancellationToken.None);
    }

    private static async Task ComparePredictionsAsync(ProteinPipeline pipeline, Guid predictionSetId)
    {
        HashSet<string> nearTies =
        [
            .. JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(HumanData.PathOf("e2e", "params.json")))
                .GetProperty("queries_with_near_ties").EnumerateArray().Select(q => q.GetString()!),
        ];
        Dictionary<(string, string), Row> found = (await ReadAsync(pipeline, predictionSetId)).ToDictionary(r => (r.Protein, r.GoId));
        List<Row> expected = await ReadExpectedAsync();
        Assert.Equal(expected.Count, found.Count);
        foreach (Row row in expected)
        {
            Assert.True(found.TryGetValue((row.Protein, row.GoId), out Row? ours), $"{row.Protein} {row.GoId} is missing");
            Assert.Equal(row.Distance, ours.Distance, 1e-5);
            if (!nearTies.Contains(row.Protein))
                Assert.Equal(row with { Distance = 0, Std = 0 }, ours with { Distance = 0, Std = 0 });
            Assert.Equal(row.Std, ours.Std, 1e-5);
        }
    }

    private static Task<List<Row>> ReadAsync(ProteinPipeline pipeline, Guid predictionSetId) =>
        pipeline.Services.GetRequiredService<SqlDatabase>().ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(
                    """
                    select p.protein_accession, t.go_id, p.distance, p.ref_protein_accession, p.qualifier, p.evidence_code, p.vote_count,
                           p.k_position, p.go_term_frequency, p.ref_annotation_density, p.neighbor_distance_std
                      from go_prediction p join go_term t on t.id = p.go_term_id
                     where p.prediction_set_id = @id
                    """).Bind("id", predictionSetId);
                return await statement.QueryAsync(
                    row => new Row(
                        row.GetString(0), row.GetString(1), row.GetDouble(2), row.GetString(3), row.GetString(4), row.GetString(5),
                        row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetDouble(10)),
                    token);
            },
            CancellationToken.None);

    private static async Task<List<Row>> ReadExpectedAsync()
    {
        await using FileStream file = File.OpenRead(HumanData.PathOf("e2e", "expected_predictions.tsv.gz"));
        await using GZipStream text = new(file, CompressionMode.Decompress);
        using StreamReader reader = new(text);
        string[] header = (await reader.ReadLineAsync())!.Split('\t');
        int At(string name) => Array.IndexOf(header, name);
        List<Row> rows = [];
        while (await reader.ReadLineAsync() is { } line)
        {
            string[] cells = line.Split('\t');
            double Number(string name) => double.Parse(cells[At(name)], CultureInfo.InvariantCulture);
            rows.Add(new Row(
                cells[0], cells[1], Number("distance"), cells[At("ref_protein_accession")], cells[At("qualifier")], cells[At("evidence_code")],
                (int)Number("vote_count"), (int)Number("k_position"), (int)Number("go_term_frequency"), (int)Number("ref_annotation_density"),
                Number("neighbor_distance_std")));
        }
        return rows;
    }

    private sealed record Row(
        string Protein, string GoId, double Distance, string Reference, string Qualifier, string Evidence, int Votes, int Rank, int Frequency,
        int Density, double Std);
}

public sealed class HumanPredictionInSqlite : HumanPredictionTests
{
    protected override string? NewStore() => null;
}

public sealed class HumanPredictionInPostgres : HumanPredictionTests
{
    protected override string? NewStore() => PostgresBackend.NewStore();
}
