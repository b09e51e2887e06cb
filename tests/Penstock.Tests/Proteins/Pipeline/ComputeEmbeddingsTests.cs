using System.Text.Json;
using Penstock.Proteins.Samples;
using Xunit;

namespace Penstock.Tests.Proteins.Pipeline;

/// <summary>Vectors are stored once, and replaced only where that is asked for.</summary>
public abstract class ComputeEmbeddingsTests
{
    private const string ConfigId = "0191f1d0-0000-7000-8000-000000000512";

    /// <summary>Null: a file in the pipeline's folder.</summary>
    protected abstract string? NewStore();

    [Fact]
    public async Task A_sequence_keeps_its_vector_unless_it_is_computed_again()
    {
        await using ProteinPipeline pipeline = await ProteinPipeline.StartAsync(NewStore());
        await pipeline.RunAsync("insert_proteins", new { fasta_url = SampleDataset.Write(pipeline.Folder).Fasta });
        JsonElement first = await pipeline.RunAsync("compute_embeddings", new { embedding_config_id = ConfigId, accessions = new[] { "S00001", "S00002" } });
        JsonElement rest = await pipeline.RunAsync("compute_embeddings", new { embedding_config_id = ConfigId });
        Assert.Equal((2, 334), (first.GetProperty("sequences").GetInt32(), rest.GetProperty("sequences").GetInt32()));
        Assert.Equal((336, 336), (await CountAsync(pipeline, "count(*)"), await CountAsync(pipeline, "count(distinct sequence_id)")));

        long last = await CountAsync(pipeline, "max(id)");
        await pipeline.RunAsync("compute_embeddings", new { embedding_config_id = ConfigId, skip_existing = false, sequences_per_job = 100 });
        Assert.Equal((336, 336), (await CountAsync(pipeline, "count(*)"), await CountAsync(pipeline, "count(distinct sequence_id)")));
        Assert.True(await CountAsync(pipeline, "min(id)") > last, "An old vector is still there, or its id was used again.");
    }

    private static Task<long> CountAsync(ProteinPipeline pipeline, string what) => pipeline.CountAsync($"select {what} from sequence_embedding");
}

public sealed class ComputeEmbeddingsInSqlite : ComputeEmbeddingsTests
{
    protected override string? NewStore() => null;
}

public sealed class ComputeEmbeddingsInPostgres : ComputeEmbeddingsTests
{
    protected override string? NewStore() => PostgresBackend.NewStore();
}
