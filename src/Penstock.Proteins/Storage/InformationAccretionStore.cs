using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Computed information accretions: one for each ontology, annotation set and evidence regime.</summary>
internal sealed class InformationAccretionStore(SqlDatabase database)
{
    private const string Columns = """
        select id, ontology_snapshot_id, annotation_set_id, evidence_regime, artifact, content_sha256, term_count, nonzero_count,
               annotation_count, protein_count, ia_max, ia_mean, job_id, created_at
          from information_accretion_set
        """;

    private const string ListSql = Columns + " order by created_at desc, id";

    public Task<List<InformationAccretionSet>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(Read, token);
            },
            cancellationToken);

    private const string FindSql = Columns + " where id = @id";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<InformationAccretionSet> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(Read, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.InformationAccretion(id);

    private const string FindKeySql = Columns + "\n" + """
         where annotation_set_id = @annotation_set_id and evidence_regime = @regime
        """;

    public Task<InformationAccretionSet?> FindAsync(Guid annotationSetId, string regime, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindKeySql)
                    .Bind("annotation_set_id", annotationSetId).Bind("regime", regime);
                return await statement.FirstAsync(Read, token);
            },
            cancellationToken);

    private const string InsertSql = """
        insert into information_accretion_set (
            id, ontology_snapshot_id, annotation_set_id, evidence_regime, artifact, content_sha256, term_count, nonzero_count,
            annotation_count, protein_count, ia_max, ia_mean, job_id, created_at)
        values (@id, @ontology_snapshot_id, @annotation_set_id, @regime, @artifact, @sha256, @term_count, @nonzero_count,
                @annotation_count, @protein_count, @ia_max, @ia_mean, @job_id, @now)
        on conflict (ontology_snapshot_id, annotation_set_id, evidence_regime) do nothing
        """;

    public Task AddAsync(InformationAccretionSet set, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement insert = session.Statement(InsertSql)
                    .Bind("id", set.Id).Bind("ontology_snapshot_id", set.OntologySnapshotId)
                    .Bind("annotation_set_id", set.AnnotationSetId).Bind("regime", set.EvidenceRegime).Bind("artifact", set.Artifact)
                    .Bind("sha256", set.ContentSha256).Bind("term_count", set.TermCount).Bind("nonzero_count", set.NonzeroCount)
                    .Bind("annotation_count", set.AnnotationCount).Bind("protein_count", set.ProteinCount).Bind("ia_max", set.IaMax)
                    .Bind("ia_mean", set.IaMean).Bind("job_id", set.JobId).Bind("now", set.CreatedAt);
                await insert.ExecuteAsync(token);
            },
            cancellationToken);

    private static InformationAccretionSet Read(DbDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetInt64(6),
        row.GetInt64(7), row.GetInt64(8), row.GetInt64(9), row.GetDouble(10), row.GetDouble(11), row.GuidOrNull(12), row.Instant(13));
}
