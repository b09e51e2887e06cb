using System.Data.Common;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Prediction sets: writing. For reading see <see cref="PredictionCatalog"/>.</summary>
internal sealed class PredictionStore(SqlDatabase database, TimeProvider time)
{
    private const int RowsPerDelete = 5_000;

    private const string FromSet = """
        select q.accession, q.sequence_id from query_set_entry q
         where q.query_set_id = @query_set_id
           and exists (select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = q.sequence_id)
        """;

    private const string FromProteins = """
        select p.accession, p.sequence_id from protein p
         where exists (select 1 from sequence_embedding e where e.embedding_config_id = @config_id and e.sequence_id = p.sequence_id)
        """;

    // Those with a list are statements of their own: "@accessions is null or ..." would keep the index from being used.
    private const string QueriesOfSetSql = FromSet + " order by q.id";
    private const string NamedOfSetSql = FromSet + " and q.accession in (select value from json_each(@accessions)) order by q.id";
    private const string QueriesOfProteinsSql = FromProteins + " order by p.accession";
    private const string NamedProteinsSql = FromProteins + " and p.accession in (select value from json_each(@accessions)) order by p.accession";

    /// <summary>What to predict for: entries of a query set, else proteins, that have an embedding.</summary>
    /// <param name="accessions">Only these; null: all.</param>
    public Task<List<StoredQuery>> QueriesAsync(
        Guid configId, Guid? querySetId, IReadOnlyCollection<string>? accessions, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement((querySetId, accessions) switch
                {
                    (null, null) => QueriesOfProteinsSql,
                    (null, _) => NamedProteinsSql,
                    (_, null) => QueriesOfSetSql,
                    _ => NamedOfSetSql,
                });
                statement.Bind("config_id", configId);
                if (querySetId is { } setId)
                    statement.Bind("query_set_id", setId);
                if (accessions is not null)
                    statement.Bind("accessions", new SqlList<string>(accessions));
                return await statement.QueryAsync(row => new StoredQuery(row.GetString(0), row.GetInt64(1)), token);
            },
            cancellationToken);

    private const string CreateSql = """
        insert into prediction_set (id, embedding_config_id, annotation_set_id, ontology_snapshot_id, query_set_id, limit_per_entry,
                                    distance_threshold, meta, job_id, created_at)
        values (@id, @config_id, @annotation_set_id, @snapshot_id, @query_set_id, @limit, @threshold, @meta, @job_id, @now)
        on conflict (id) do nothing
        """;

    public Task CreateAsync(NewPredictionSet set, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(CreateSql)
                    .Bind("id", set.Id).Bind("config_id", set.EmbeddingConfigId).Bind("annotation_set_id", set.AnnotationSetId)
                    .Bind("snapshot_id", set.OntologySnapshotId).Bind("query_set_id", set.QuerySetId).Bind("limit", set.LimitPerEntry)
                    .Bind("threshold", set.DistanceThreshold).Bind("meta", set.Meta).Bind("job_id", set.JobId)
                    .Bind("now", time.GetUtcNow());
                await insert.ExecuteAsync(token);
            },
            cancellationToken);

    private const string InsertSql = """
        insert into go_prediction (prediction_set_id, protein_accession, go_term_id, ref_protein_accession, distance, qualifier,
                                   evidence_code, vote_count, k_position, go_term_frequency, ref_annotation_density,
                                   neighbor_distance_std)
        values (@set_id, @accession, @go_term_id, @reference, @distance, @qualifier, @evidence_code, @vote_count, @k_position,
                @go_term_frequency, @ref_annotation_density, @neighbor_distance_std)
        on conflict (prediction_set_id, protein_accession, go_term_id) do nothing
        """;

    private const string CountSql = "update prediction_set set prediction_count = prediction_count + @count where id = @id";

    /// <summary>Stores predictions on the caller's transaction.</summary>
    /// <returns>Rows stored; a pair of query and term that is there already counts nothing.</returns>
    public async Task<int> InsertAsync(
        DbTransaction transaction, Guid setId, IReadOnlyList<QueryPredictions> queries, CancellationToken cancellationToken)
    {
        SqlSession session = database.Enlist(transaction);
        using SqlLoad insert = session.Load(InsertSql).Bind("set_id", setId);
        foreach (QueryPredictions query in queries)
        {
            insert.Bind("accession", query.Accession);
            foreach (PredictedTerm term in query.Terms)
            {
                await insert.Bind("go_term_id", term.GoTermId).Bind("reference", term.Reference).Bind("distance", term.Distance)
                    .Bind("qualifier", term.Qualifier).Bind("evidence_code", term.EvidenceCode)
                    .Bind("vote_count", term.Features?.VoteCount).Bind("k_position", term.Features?.KPosition)
                    .Bind("go_term_frequency", term.Features?.GoTermFrequency)
                    .Bind("ref_annotation_density", term.Features?.RefAnnotationDensity)
                    .Bind("neighbor_distance_std", term.Features?.NeighborDistanceStd)
                    .AddAsync(cancellationToken);
            }
        }
        int stored = await insert.EndAsync(cancellationToken);
        using SqlStatement count = session.Statement(CountSql).Bind("id", setId).Bind("count", stored);
        await count.ExecuteAsync(cancellationToken);
        return stored;
    }

    private const string DeleteRowsSql = """
        delete from go_prediction where id in (select id from go_prediction where prediction_set_id = @id limit @limit)
        """;

    private const string DeleteResultsSql = "delete from evaluation_result where prediction_set_id = @id";

    private const string DeleteSetSql = "delete from prediction_set where id = @id";

    /// <returns>Predictions deleted.</returns>
    public async Task<long> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        long deleted = await database.DeleteInPartsAsync(DeleteRowsSql, id, RowsPerDelete, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement results = session.Statement(DeleteResultsSql).Bind("id", id);
                await results.ExecuteAsync(token);
                using SqlStatement set = session.Statement(DeleteSetSql).Bind("id", id);
                await set.ExecuteAsync(token);
            },
            cancellationToken);
        return deleted;
    }
}

internal sealed record StoredQuery(string Accession, long SequenceId);

internal sealed record NewPredictionSet(
    Guid Id, Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, Guid? QuerySetId, int LimitPerEntry,
    double? DistanceThreshold, string Meta, Guid JobId);

/// <summary>What was predicted for one query.</summary>
internal sealed record QueryPredictions(string Accession, IReadOnlyList<PredictedTerm> Terms);

/// <param name="Reference">Accession of the protein the term was taken from.</param>
internal sealed record PredictedTerm(
    long GoTermId, string Reference, double Distance, string Qualifier, string EvidenceCode, VoteFeatures? Features);

/// <summary>What the neighbourhood says about a predicted term; see the transfer for the exact counting.</summary>
internal sealed record VoteFeatures(
    int VoteCount, int KPosition, int GoTermFrequency, int RefAnnotationDensity, double NeighborDistanceStd);
