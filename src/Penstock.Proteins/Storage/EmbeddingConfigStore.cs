using System.Data.Common;
using System.Text.Json;
using Penstock.Client.Proteins;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Embedding configurations.</summary>
internal sealed class EmbeddingConfigStore(SqlDatabase database, TimeProvider time)
{
    public const int RowsPerDelete = 2_000;

    private const string Columns = """
        select c.id, c.model_name, c.model_backend, c.layer_indices, c.layer_agg, c.pooling, c.normalize_residues, c.normalize, c.max_length,
               c.use_chunking, c.chunk_size, c.chunk_overlap, c.description, c.created_at,
               (select count(*) from sequence_embedding e where e.embedding_config_id = c.id)
          from embedding_config c
        """;

    private const string ListSql = Columns + " order by c.created_at, c.id";

    public Task<List<EmbeddingConfig>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(Read, token);
            },
            cancellationToken);

    private const string FindSql = Columns + " where c.id = @id";

    public Task<EmbeddingConfig?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(Read, token);
            },
            cancellationToken);

    /// <exception cref="RecordNotFoundException"/>
    public async Task<EmbeddingConfig> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) ?? throw RecordNotFoundException.EmbeddingConfig(id);

    private const string InsertSql = """
        insert into embedding_config (id, model_name, model_backend, layer_indices, layer_agg, pooling, normalize_residues, normalize,
                                      max_length, use_chunking, chunk_size, chunk_overlap, description, created_at)
        values (@id, @model_name, @model_backend, @layer_indices, @layer_agg, @pooling, @normalize_residues, @normalize,
                @max_length, @use_chunking, @chunk_size, @chunk_overlap, @description, @now)
        on conflict (id) do nothing
        """;

    /// <summary>Stores a configuration; one with the same id stays as it is.</summary>
    public async Task<EmbeddingConfig> AddAsync(Guid id, CreateEmbeddingConfigRequest config, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(InsertSql)
                    .Bind("id", id).Bind("model_name", config.ModelName).Bind("model_backend", config.ModelBackend)
                    .Bind("layer_indices", JsonSerializer.Serialize(config.LayerIndices)).Bind("layer_agg", config.LayerAgg)
                    .Bind("pooling", config.Pooling).Bind("normalize_residues", config.NormalizeResidues)
                    .Bind("normalize", config.Normalize).Bind("max_length", config.MaxLength).Bind("use_chunking", config.UseChunking)
                    .Bind("chunk_size", config.ChunkSize).Bind("chunk_overlap", config.ChunkOverlap)
                    .Bind("description", config.Description).Bind("now", time.GetUtcNow());
                await insert.ExecuteAsync(token);
            },
            cancellationToken);
        return await GetAsync(id, cancellationToken);
    }

    private const string PredictionSetsSql = "select id from prediction_set where embedding_config_id = @id";

    public Task<List<Guid>> PredictionSetsAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(PredictionSetsSql).Bind("id", id);
                return await statement.QueryAsync(row => row.GetGuid(0), token);
            },
            cancellationToken);

    private const string DeleteEmbeddingsSql = """
        delete from sequence_embedding where id in (select id from sequence_embedding where embedding_config_id = @id limit @limit)
        """;

    private const string DeleteConfigSql = "delete from embedding_config where id = @id";

    /// <summary>Deletes the embeddings, then the configuration; its prediction sets must be gone.</summary>
    /// <returns>Embeddings deleted.</returns>
    public async Task<long> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        long deleted = await database.DeleteInPartsAsync(DeleteEmbeddingsSql, id, RowsPerDelete, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(DeleteConfigSql).Bind("id", id);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);
        return deleted;
    }

    private static EmbeddingConfig Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), JsonSerializer.Deserialize<int[]>(row.GetString(3))!, row.GetString(4),
        row.GetString(5), row.GetBoolean(6), row.GetBoolean(7), row.GetInt32(8), row.GetBoolean(9), row.GetInt32(10), row.GetInt32(11),
        row.TextOrNull(12), row.Instant(13), row.GetInt64(14));
}
