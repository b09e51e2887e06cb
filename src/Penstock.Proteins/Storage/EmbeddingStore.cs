using System.Data.Common;
using Penstock.Proteins.Embeddings;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Vectors of sequences, as little-endian float32.</summary>
internal sealed class EmbeddingStore(SqlDatabase database, TimeProvider time)
{
    private const string PendingOfQuerySetSql = """
        select distinct q.sequence_id from query_set_entry q
         where q.query_set_id = @query_set_id
           and (@skip_existing = 0 or not exists (
                select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = q.sequence_id))
         order by q.sequence_id
        """;

    private const string PendingOfAnnotatedSql = """
        select distinct p.sequence_id from protein p
         where p.sequence_id is not null
           and exists (select 1 from protein_go_annotation a
                        where a.annotation_set_id = @annotation_set_id and a.protein_accession = p.accession)
           and not exists (
                select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = p.sequence_id)
         order by p.sequence_id
        """;

    /// <summary>Sequences of the proteins annotated in a set that have no vector yet: references a search would miss.</summary>
    public Task<List<long>> PendingReferencesAsync(Guid configId, Guid annotationSetId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(PendingOfAnnotatedSql)
                    .Bind("config_id", configId).Bind("annotation_set_id", annotationSetId);
                return await statement.QueryAsync(row => row.GetInt64(0), token);
            },
            cancellationToken);

    private const string PendingOfProteinsSql = """
        select distinct p.sequence_id from protein p
         where p.accession in (select value from json_each(@accessions)) and p.sequence_id is not null
           and (@skip_existing = 0 or not exists (
                select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = p.sequence_id))
         order by p.sequence_id
        """;

    private const string PendingOfAllSql = """
        select s.id from sequence s
         where @skip_existing = 0 or not exists (
               select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = s.id)
         order by s.id
        """;

    /// <summary>The sequences to embed: of a query set, else of these proteins, else all.</summary>
    public Task<List<long>> PendingAsync(
        Guid configId, Guid? querySetId, IReadOnlyCollection<string>? accessions, bool skipExisting, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement =
                    querySetId is not null ? session.Statement(PendingOfQuerySetSql).Bind("query_set_id", querySetId)
                    : accessions is not null ? session.Statement(PendingOfProteinsSql).Bind("accessions", new SqlList<string>(accessions))
                    : session.Statement(PendingOfAllSql);
                statement.Bind("config_id", configId).Bind("skip_existing", skipExisting);
                return await statement.QueryAsync(row => row.GetInt64(0), token);
            },
            cancellationToken);

    private const string ResiduesSql = "select id, sequence from sequence where id in (select value from json_each(@ids)) order by id";

    public Task<List<StoredSequence>> ResiduesAsync(IReadOnlyCollection<long> ids, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ResiduesSql).Bind("ids", new SqlList<long>(ids));
                return await statement.QueryAsync(row => new StoredSequence(row.GetInt64(0), row.GetString(1)), token);
            },
            cancellationToken);

    private const string EmbeddedSql = """
        select distinct sequence_id from sequence_embedding
         where embedding_config_id = @config_id and sequence_id in (select value from json_each(@ids))
        """;

    private const string DeleteSql = """
        delete from sequence_embedding
         where embedding_config_id = @config_id and sequence_id in (select value from json_each(@ids))
        """;

    private const string InsertSql = """
        insert into sequence_embedding (embedding_config_id, sequence_id, chunk_index_s, chunk_index_e, embedding, embedding_dim, created_at)
        values (@config_id, @sequence_id, @start, @end, @vector, @dimension, @now)
        on conflict (embedding_config_id, sequence_id, chunk_index_s) do nothing
        """;

    /// <summary>Stores the vectors of some sequences on the caller's transaction.</summary>
    /// <param name="skipExisting">Leave sequences that have vectors as they are; else theirs are replaced.</param>
    /// <returns>Vectors stored, sequences skipped.</returns>
    public async Task<(int Stored, int Skipped)> InsertAsync(
        DbTransaction transaction, Guid configId, IReadOnlyList<SequenceVectors> sequences, bool skipExisting,
        CancellationToken cancellationToken)
    {
        SqlSession session = database.Enlist(transaction);
        // Given twice, a sequence is as if given in two calls: the first stays, or the last replaces it.
        List<SequenceVectors> wanted = [.. (skipExisting ? sequences : sequences.Reverse()).DistinctBy(s => s.SequenceId)];
        SqlList<long> ids = new(wanted.ConvertAll(s => s.SequenceId));
        if (skipExisting)
        {
            using SqlStatement embedded = session.Statement(EmbeddedSql).Bind("config_id", configId).Bind("ids", ids);
            HashSet<long> known = [.. await embedded.QueryAsync(row => row.GetInt64(0), cancellationToken)];
            wanted.RemoveAll(s => known.Contains(s.SequenceId));
        }
        else
        {
            using SqlStatement delete = session.Statement(DeleteSql).Bind("config_id", configId).Bind("ids", ids);
            await delete.ExecuteAsync(cancellationToken);
        }
        using SqlLoad insert = session.Load(InsertSql).Bind("config_id", configId).Bind("now", time.GetUtcNow());
        foreach (SequenceVectors sequence in wanted)
        {
            foreach (VectorChunk chunk in sequence.Chunks)
            {
                await insert.Bind("sequence_id", sequence.SequenceId).Bind("start", chunk.ChunkIndexS)
                    .Bind("end", chunk.ChunkIndexE).Bind("vector", chunk.Vector).Bind("dimension", chunk.EmbeddingDim)
                    .AddAsync(cancellationToken);
            }
        }
        return (await insert.EndAsync(cancellationToken), skipExisting ? sequences.Count - wanted.Count : 0);
    }

    private const string VectorsSql = """
        select sequence_id, embedding from sequence_embedding
         where embedding_config_id = @config_id and sequence_id in (select value from json_each(@ids))
         order by sequence_id, chunk_index_s
        """;

    /// <summary>The first vector of each sequence.</summary>
    public Task<Dictionary<long, float[]>> VectorsAsync(
        Guid configId, IReadOnlyCollection<long> sequenceIds, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(VectorsSql)
                    .Bind("config_id", configId).Bind("ids", new SqlList<long>(sequenceIds));
                Dictionary<long, float[]> vectors = [];
                await foreach ((long id, float[] vector) in statement.StreamAsync(
                    row => (row.GetInt64(0), EmbeddingBytes.FromBytes(row.GetFieldValue<byte[]>(1))), token))
                    vectors.TryAdd(id, vector);
                return vectors;
            },
            cancellationToken);
}

internal sealed record StoredSequence(long Id, string Residues);

/// <summary>The vectors of one sequence: one, or one for each chunk of a long sequence.</summary>
internal sealed record SequenceVectors(long SequenceId, IReadOnlyList<VectorChunk> Chunks);

/// <param name="ChunkIndexE">Null: the whole sequence.</param>
/// <param name="Vector">Little-endian float32; base64 in JSON.</param>
internal sealed record VectorChunk(int ChunkIndexS, int? ChunkIndexE, byte[] Vector, int EmbeddingDim);
