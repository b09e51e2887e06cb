using System.Data.Common;
using System.Text.Json;
using Penstock.Client.Proteins;
using Penstock.Proteins.Annotations;
using Penstock.Proteins.Evaluation;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Annotation sets and their rows. A set is visible once it is published, complete and final.</summary>
internal sealed class AnnotationStore(SqlDatabase database, TimeProvider time)
{
    public const int RowsPerWrite = 2_000;

    private const string Columns = """
        select a.id, a.source, a.source_version, a.ontology_snapshot_id, o.obo_version, a.job_id, a.created_at, a.meta, a.annotation_count
          from annotation_set a join ontology_snapshot o on o.id = a.ontology_snapshot_id
        """;

    private const string ListSql = Columns + "\n" + """
         where a.published_at is not null and (a.source = @source or @source is null)
         order by a.created_at desc, a.id
        """;

    public Task<List<AnnotationSet>> ListAsync(string? source, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql).Bind("source", source);
                return await statement.QueryAsync(ReadSet, token);
            },
            cancellationToken);

    private const string FindSql = Columns + " where a.id = @id and a.published_at is not null";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<AnnotationSet> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(ReadSet, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.AnnotationSet(id);

    private const string FindKeySql = Columns + "\n" + """
         where a.source = @source and a.source_version = @version and a.ontology_snapshot_id = @snapshot_id
           and a.published_at is not null
        """;

    /// <summary>The published set of this source, version and ontology: a second load of it would add nothing.</summary>
    public Task<AnnotationSet?> FindAsync(string source, string version, Guid snapshotId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindKeySql)
                    .Bind("source", source).Bind("version", version).Bind("snapshot_id", snapshotId);
                return await statement.FirstAsync(ReadSet, token);
            },
            cancellationToken);

    private const string StagedSql = "select id, job_id, source, source_version, ontology_snapshot_id from annotation_set where published_at is null";

    /// <summary>What unfinished loads left.</summary>
    public Task<List<StagedAnnotationSet>> StagedAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(StagedSql);
                return await statement.QueryAsync(row => new StagedAnnotationSet(row.GetGuid(0), row.GuidOrNull(1), row.GetString(2), row.GetString(3), row.GetGuid(4)), token);
            },
            cancellationToken);

    private const string StageSql = """
        insert into annotation_set (id, source, source_version, ontology_snapshot_id, job_id, created_at)
        values (@id, @source, @version, @snapshot_id, @job_id, @now)
        """;

    public Task StageAsync(
        Guid id, string source, string version, Guid snapshotId, Guid jobId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(StageSql)
                    .Bind("id", id).Bind("source", source).Bind("version", version).Bind("snapshot_id", snapshotId)
                    .Bind("job_id", jobId).Bind("now", time.GetUtcNow());
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private const string InsertSql = """
        insert into protein_go_annotation (annotation_set_id, protein_accession, go_term_id, qualifier, is_negated, evidence_code,
                                           assigned_by, db_reference, with_from, annotation_date)
        values (@set_id, @accession, @go_term_id, @qualifier, @is_negated, @evidence_code, @assigned_by, @reference, @with_from, @date)
        """;

    /// <param name="termIds">Row ids of the snapshot's terms by GO id.</param>
    public Task InsertAsync(
        Guid setId, IReadOnlyList<GafRow> rows, IReadOnlyDictionary<string, long> termIds, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlLoad insert = session.Load(InsertSql).Bind("set_id", setId);
                foreach (GafRow row in rows)
                {
                    await insert.Bind("accession", row.Accession).Bind("go_term_id", termIds[row.GoId]).Bind("qualifier", row.Qualifier)
                        .Bind("is_negated", row.IsNegated).Bind("evidence_code", row.EvidenceCode).Bind("assigned_by", row.AssignedBy)
                        .Bind("reference", row.Reference).Bind("with_from", row.WithFrom).Bind("date", row.Date).AddAsync(token);
                }
                await insert.EndAsync(token);
            },
            cancellationToken);

    private const string PublishSql = """
        update annotation_set set published_at = @now, annotation_count = @count, meta = @meta where id = @id and published_at is null
        """;

    public Task PublishAsync(Guid id, long count, string meta, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(PublishSql)
                    .Bind("id", id).Bind("count", count).Bind("meta", meta).Bind("now", time.GetUtcNow());
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private const string UsedSql = """
        select case
            when exists (select 1 from prediction_set where annotation_set_id = @id) then 'a prediction set'
            when exists (select 1 from evaluation_set where old_annotation_set_id = @id or new_annotation_set_id = @id)
                then 'an evaluation set'
        end
        """;

    private const string HideSql = "update annotation_set set published_at = null where id = @id and published_at is not null";

    private const string DeleteRowsSql = """
        delete from protein_go_annotation
         where id in (select id from protein_go_annotation where annotation_set_id = @id limit @limit)
        """;

    private const string DeleteSetSql = "delete from annotation_set where id = @id and published_at is null";

    /// <summary>Deletes a published set.</summary>
    /// <returns>Annotations deleted.</returns>
    /// <exception cref="RecordNotFoundException"/>
    /// <exception cref="RecordInUseException">Predictions or evaluations were made from it.</exception>
    /// <remarks>Hidden first, in the transaction that finds it unused: what a crash leaves is cleared by the next load.</remarks>
    public async Task<long> DeleteAsync(Guid id, CancellationToken cancellationToken)
    {
        await GetAsync(id, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement used = session.Statement(UsedSql).Bind("id", id);
                if (await used.ScalarAsync<string>(token) is { } user)
                    throw new RecordInUseException($"Annotation set {id} is used by {user}. Delete that first.");
                using SqlStatement hide = session.Statement(HideSql).Bind("id", id);
                await hide.ExecuteAsync(token);
            },
            cancellationToken);
        return await ClearStagedAsync(id, cancellationToken);
    }

    /// <summary>Removes an unpublished set, some thousand rows at a time.</summary>
    public async Task<long> ClearStagedAsync(Guid id, CancellationToken cancellationToken)
    {
        long deleted = await database.DeleteInPartsAsync(DeleteRowsSql, id, RowsPerWrite, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(DeleteSetSql).Bind("id", id);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);
        return deleted;
    }

    private const string RowsSql = """
        select a.protein_accession, t.go_id, a.qualifier, a.evidence_code
          from protein_go_annotation a join go_term t on t.id = a.go_term_id
         where a.annotation_set_id = @id
         order by a.id
        """;

    /// <summary>The rows of a set, in the order of its file.</summary>
    public Task<List<AnnotationFact>> FactsAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(RowsSql).Bind("id", id);
                return await statement.QueryAsync(
                    row => new AnnotationFact(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)), token);
            },
            cancellationToken);

    private static AnnotationSet ReadSet(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetGuid(3), row.GetString(4), row.GuidOrNull(5), row.Instant(6),
        row.IsDBNull(7) ? null : JsonSerializer.Deserialize<JsonElement>(row.GetString(7)), row.GetInt64(8));
}

/// <summary>A set whose load has not ended.</summary>
internal sealed record StagedAnnotationSet(Guid Id, Guid? JobId, string Source, string Version, Guid SnapshotId) : StagedLoad(Id, JobId);
