using System.Data.Common;
using System.Runtime.InteropServices;
using Penstock.Client.Proteins;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Transfer;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Prediction sets: reading.</summary>
internal sealed class PredictionCatalog(SqlDatabase database)
{
    private const string SetColumns = """
        select p.id, p.embedding_config_id, c.model_name, p.annotation_set_id, a.source, a.source_version, p.ontology_snapshot_id,
               o.obo_version, p.query_set_id, q.name, p.limit_per_entry, p.distance_threshold, p.created_at, p.prediction_count, p.job_id
          from prediction_set p
          join embedding_config c on c.id = p.embedding_config_id
          join annotation_set a on a.id = p.annotation_set_id
          join ontology_snapshot o on o.id = p.ontology_snapshot_id
          left join query_set q on q.id = p.query_set_id
        """;

    private const string ListSql = SetColumns + " order by p.created_at desc, p.id limit 100";

    /// <summary>The latest 100, each with the job that makes it.</summary>
    public Task<List<(PredictionSet Set, Guid JobId)>> ListAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(ListSql);
                return await statement.QueryAsync(ReadSet, token);
            },
            cancellationToken);

    private const string FindSql = SetColumns + " where p.id = @id";

    /// <exception cref="RecordNotFoundException"/>
    public Task<(PredictionSet Set, Guid JobId)> GetAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FindSql).Bind("id", id);
                List<(PredictionSet, Guid)> found = await statement.QueryAsync(ReadSet, token);
                return found.Count == 1 ? found[0] : throw RecordNotFoundException.PredictionSet(id);
            },
            cancellationToken);

    private const string CountsSql = """
        select protein_accession, count(*) from go_prediction where prediction_set_id = @id
         group by protein_accession order by protein_accession
        """;

    public Task<Dictionary<string, long>> CountsAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(CountsSql).Bind("id", id);
                return (await statement.QueryAsync(row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), token))
                    .ToDictionary(StringComparer.Ordinal);
            },
            cancellationToken);

    private const string CountProteinsSql = """
        select count(*) from (
            select distinct protein_accession from go_prediction
             where prediction_set_id = @id and (lower(protein_accession) like @pattern escape '\' or @pattern is null)) as p
        """;

    private const string ProteinsSql = """
        with page as (
            select protein_accession, count(*) as go_count, min(distance) as min_distance
              from go_prediction
             where prediction_set_id = @id and (lower(protein_accession) like @pattern escape '\' or @pattern is null)
             group by protein_accession
             order by protein_accession
             limit @limit offset @offset)
        select g.protein_accession, g.go_count, g.min_distance,
               (select count(distinct a.go_term_id) from protein_go_annotation a
                 where a.protein_accession = g.protein_accession and a.annotation_set_id = @annotation_set_id and a.is_negated = 0),
               (select count(*) from go_prediction m
                 where m.prediction_set_id = @id and m.protein_accession = g.protein_accession
                   and exists (select 1 from protein_go_annotation a
                                where a.annotation_set_id = @annotation_set_id and a.protein_accession = m.protein_accession
                                  and a.go_term_id = m.go_term_id and a.is_negated = 0)),
               exists (select 1 from protein p where p.accession = g.protein_accession)
          from page g
         order by g.protein_accession
        """;

    public Task<OffsetPage<PredictedProtein>> ProteinsAsync(
        PredictionSet set, string? search, int limit, int offset, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                string? pattern = search is { Length: > 0 } ? SqlPattern.Contains(search) : null;
                using SqlStatement count = session.Statement(CountProteinsSql).Bind("id", set.Id).Bind("pattern", pattern);
                long total = await count.ScalarAsync<long>(token);
                using SqlStatement list = session.Statement(ProteinsSql)
                    .Bind("id", set.Id).Bind("pattern", pattern).Bind("annotation_set_id", set.AnnotationSetId)
                    .Bind("limit", limit).Bind("offset", offset);
                List<PredictedProtein> items = await list.QueryAsync(
                    row => new PredictedProtein(
                        row.GetString(0), row.GetInt64(1), Math.Round(row.GetDouble(2), 4), row.GetInt64(3), row.GetInt64(4), row.GetBoolean(5)),
                    token);
                return new OffsetPage<PredictedProtein>(total, offset, limit, items);
            },
            cancellationToken);

    private const string TermIdsSql = "select go_term_id from go_prediction where prediction_set_id = @id";

    private const string TermsSql = "select id, go_id, name, aspect from go_term where id in (select value from json_each(@ids))";

    /// <summary>Every predicted term with the number of proteins it is predicted for, most frequent first.</summary>
    /// <remarks>Counted here: grouping a million rows makes SQLite sort them all, which took five times as long.</remarks>
    public Task<List<GoTermCount>> TermsAsync(Guid id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                Dictionary<long, long> counts = [];
                using SqlStatement rows = session.Statement(TermIdsSql).Bind("id", id);
                await foreach (long term in rows.StreamAsync(row => row.GetInt64(0), token))
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, term, out _)++;
                using SqlStatement terms = session.Statement(TermsSql).Bind("ids", new SqlList<long>(counts.Keys));
                List<GoTermCount> found = await terms.QueryAsync(
                    row => new GoTermCount(row.GetString(1), row.GetString(2), row.TextOrNull(3), counts[row.GetInt64(0)]), token);
                return found.OrderByDescending(term => term.Count).ThenBy(term => term.GoId, StringComparer.Ordinal).ToList();
            },
            cancellationToken);

    private const string RowColumns = """
        select p.protein_accession, t.go_id, t.name, t.aspect, p.distance, p.ref_protein_accession, p.qualifier, p.evidence_code,
               p.vote_count, p.k_position, p.go_term_frequency, p.ref_annotation_density, p.neighbor_distance_std
          from go_prediction p join go_term t on t.id = p.go_term_id
         where p.prediction_set_id = @id
           and (t.aspect = @aspect or @aspect is null)
           and (p.distance <= @max_distance or @max_distance is null)
        """;

    private const string RowOrder = "\n order by p.protein_accession, p.distance, t.go_id";

    private const string RowsSql = RowColumns + RowOrder;

    // A statement of its own: "@accession is null or ..." would keep the index from being used.
    private const string RowsOfProteinSql = RowColumns + "\n   and p.protein_accession = @accession" + RowOrder;

    /// <summary>Hands each prediction to <paramref name="take"/>, by protein, nearest first, without holding all.</summary>
    public Task ReadRowsAsync(
        Guid id, PredictionFilter filter, Func<PredictionRow, CancellationToken, ValueTask> take, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = filter.Accession is null
                    ? session.Statement(RowsSql)
                    : session.Statement(RowsOfProteinSql).Bind("accession", filter.Accession);
                statement.Bind("id", id).Bind("aspect", filter.Aspect).Bind("max_distance", filter.MaxDistance);
                await foreach (PredictionRow row in statement.StreamAsync(ReadRow, token))
                    await take(row, token);
                return true;
            },
            cancellationToken);

    private static PredictionRow ReadRow(DbDataReader row) => new()
    {
        ProteinAccession = row.GetString(0),
        GoId = row.GetString(1),
        GoName = row.GetString(2),
        Aspect = row.IsDBNull(3) ? null : OntologyAspects.FromLetter(row.GetString(3)[0]),
        Distance = row.GetDouble(4),
        RefProteinAccession = row.GetString(5),
        Qualifier = row.GetString(6),
        EvidenceCode = row.GetString(7),
        VoteCount = row.IntOrNull(8),
        KPosition = row.IntOrNull(9),
        GoTermFrequency = row.IntOrNull(10),
        RefAnnotationDensity = row.IntOrNull(11),
        NeighborDistanceStd = row.DoubleOrNull(12),
    };

    private static (PredictionSet, Guid) ReadSet(DbDataReader row) => (
        new PredictionSet(
            row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetGuid(3), $"{row.GetString(4)} {row.GetString(5)}", row.GetGuid(6),
            row.GetString(7), row.GuidOrNull(8), row.TextOrNull(9), row.GetInt32(10), row.DoubleOrNull(11), row.Instant(12), null,
            row.GetInt64(13)),
        row.GetGuid(14));
}

/// <summary>Which predictions to read; null leaves a condition out.</summary>
/// <param name="Aspect">P, F or C.</param>
internal sealed record PredictionFilter(string? Accession = null, string? Aspect = null, double? MaxDistance = null);
