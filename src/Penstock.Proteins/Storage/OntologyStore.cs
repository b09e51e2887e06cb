using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Proteins.Ontology;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Ontology snapshots, their terms and edges. A snapshot is visible once it is published.</summary>
internal sealed class OntologyStore(SqlDatabase database, TimeProvider time)
{
    public const int RowsPerWrite = 2_000;

    private const string Columns = """
        select id, obo_url, obo_version, ia_url, loaded_at, term_count, relationship_count, obo_artifact, obo_sha256
          from ontology_snapshot
        """;

    private const string ListSql = Columns + " where published_at is not null order by loaded_at desc, id";

    public Task<List<OntologySnapshot>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(ReadSnapshot, token);
            },
            cancellationToken);

    private const string FindSql = Columns + " where id = @id and published_at is not null";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<OntologySnapshot> GetAsync(Guid id, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                return await statement.FirstAsync(ReadSnapshot, token);
            },
            cancellationToken)
        ?? throw RecordNotFoundException.Snapshot(id);

    private const string FindVersionSql = Columns + " where obo_version = @version and published_at is not null";

    public Task<OntologySnapshot?> FindVersionAsync(string version, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindVersionSql).Bind("version", version);
                return await statement.FirstAsync(ReadSnapshot, token);
            },
            cancellationToken);

    private const string SetIaUrlSql = "update ontology_snapshot set ia_url = @ia_url where id = @id and published_at is not null";

    /// <exception cref="RecordNotFoundException"/>
    public async Task<OntologySnapshot> SetIaUrlAsync(Guid id, string? iaUrl, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(SetIaUrlSql).Bind("id", id).Bind("ia_url", iaUrl);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);
        return await GetAsync(id, cancellationToken);
    }

    private const string UnpublishedSql = """
        select id, job_id from ontology_snapshot where obo_version = @version and published_at is null
        """;

    /// <summary>What an unfinished load of this version left, and the job that made it.</summary>
    public Task<StagedLoad?> FindStagedAsync(string version, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(UnpublishedSql).Bind("version", version);
                return await statement.FirstAsync(row => new StagedLoad(row.GetGuid(0), row.GuidOrNull(1)), token);
            },
            cancellationToken);

    private const string ClearEdgesSql = """
        delete from go_term_relationship
         where (child_go_term_id, parent_go_term_id, relation_type) in (
            select child_go_term_id, parent_go_term_id, relation_type from go_term_relationship
             where ontology_snapshot_id = @id limit @limit)
        """;

    private const string ClearTermsSql = """
        delete from go_term where id in (select id from go_term where ontology_snapshot_id = @id limit @limit)
        """;

    private const string ClearSnapshotSql = "delete from ontology_snapshot where id = @id and published_at is null";

    /// <summary>Removes an unpublished snapshot, some thousand rows at a time.</summary>
    public async Task ClearStagedAsync(Guid id, CancellationToken cancellationToken)
    {
        foreach (string sql in new[] { ClearEdgesSql, ClearTermsSql })
            await database.DeleteInPartsAsync(sql, id, RowsPerWrite, cancellationToken);
        await database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ClearSnapshotSql).Bind("id", id);
                await statement.ExecuteAsync(token);
            },
            cancellationToken);
    }

    private const string StageSql = """
        insert into ontology_snapshot (id, obo_url, obo_version, obo_artifact, obo_sha256, job_id, loaded_at)
        values (@id, @obo_url, @version, @artifact, @sha256, @job_id, @now)
        """;

    public Task StageAsync(
        Guid id, string url, string version, string artifact, string sha256, Guid jobId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(StageSql)
                    .Bind("id", id).Bind("obo_url", url).Bind("version", version).Bind("artifact", artifact).Bind("sha256", sha256)
                    .Bind("job_id", jobId).Bind("now", time.GetUtcNow());
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private const string InsertTermSql = """
        insert into go_term (ontology_snapshot_id, go_id, name, aspect, definition, is_obsolete)
        values (@snapshot_id, @go_id, @name, @aspect, @definition, @is_obsolete)
        """;

    public Task InsertTermsAsync(Guid snapshotId, IReadOnlyList<OntologyTerm> terms, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlLoad insert = session.Load(InsertTermSql).Bind("snapshot_id", snapshotId);
                foreach (OntologyTerm term in terms)
                {
                    await insert.Bind("go_id", term.Id).Bind("name", term.Name ?? term.Id)
                        .Bind("aspect", term.Aspect?.Letter().ToString()).Bind("definition", term.Definition)
                        .Bind("is_obsolete", term.IsObsolete).AddAsync(token);
                }
                await insert.EndAsync(token);
            },
            cancellationToken);

    private const string InsertEdgeSql = """
        insert into go_term_relationship (child_go_term_id, parent_go_term_id, relation_type, ontology_snapshot_id)
        values (@child, @parent, @kind, @snapshot_id)
        """;

    public Task InsertEdgesAsync(Guid snapshotId, IReadOnlyList<StoredEdge> edges, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlLoad insert = session.Load(InsertEdgeSql).Bind("snapshot_id", snapshotId);
                foreach (StoredEdge edge in edges)
                    await insert.Bind("child", edge.Child).Bind("parent", edge.Parent).Bind("kind", edge.Kind.Name()).AddAsync(token);
                await insert.EndAsync(token);
            },
            cancellationToken);

    private const string PublishSql = """
        update ontology_snapshot
           set published_at = @now, term_count = @term_count, relationship_count = @relationship_count
         where id = @id and published_at is null
        """;

    public Task PublishAsync(Guid id, int termCount, int relationshipCount, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(PublishSql)
                    .Bind("id", id).Bind("term_count", termCount).Bind("relationship_count", relationshipCount).Bind("now", time.GetUtcNow());
                await statement.ExecuteAsync(token);
            },
            cancellationToken);

    private const string TermsSql = "select id, go_id, name, aspect from go_term where ontology_snapshot_id = @id order by id";

    /// <summary>Every term of a snapshot, obsolete ones too.</summary>
    public Task<List<StoredTerm>> TermsAsync(Guid snapshotId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(TermsSql).Bind("id", snapshotId);
                return await statement.QueryAsync(
                    row => new StoredTerm(row.GetInt64(0), row.GetString(1), row.GetString(2), row.TextOrNull(3)), token);
            },
            cancellationToken);

    private static OntologySnapshot ReadSnapshot(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.Instant(4), row.GetInt64(5), row.GetInt64(6),
        row.GetString(7), row.GetString(8));
}

/// <summary>A load that has not been published, and the job that began it.</summary>
internal record StagedLoad(Guid Id, Guid? JobId);

/// <param name="Aspect">P, F, C or null.</param>
internal sealed record StoredTerm(long Id, string GoId, string Name, string? Aspect);

internal readonly record struct StoredEdge(long Child, long Parent, RelationKind Kind);
