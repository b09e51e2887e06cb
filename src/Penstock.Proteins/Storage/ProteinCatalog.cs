using Penstock.Client.Proteins;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Proteins: reading for people and for loads.</summary>
internal sealed class ProteinCatalog(SqlDatabase database)
{
    private const string StatsSql = """
        select count(*), count(*) filter (where is_canonical = 1), count(*) filter (where is_canonical = 0),
               count(*) filter (where reviewed = 1), count(*) filter (where reviewed = 0),
               count(*) filter (where exists (select 1 from sequence_embedding e where e.sequence_id = p.sequence_id)),
               count(*) filter (where exists (
                    select 1 from protein_go_annotation a join annotation_set s on s.id = a.annotation_set_id
                     where a.protein_accession = p.accession and s.published_at is not null))
          from protein p
        """;

    public async Task<ProteinStats> StatsAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(StatsSql);
                return (await statement.FirstAsync(
                    row => new ProteinStats(
                        row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
                    token))!;
            },
            cancellationToken);

    // One statement serves every combination of conditions: a null parameter switches its own off. It is compared before it is
    // asked for null, because PostgreSQL takes its type from where it meets it first.
    private const string MatchSql = """
          from protein
         where (lower(accession) like @pattern escape '\' or lower(entry_name) like @pattern escape '\'
                or lower(gene_name) like @pattern escape '\' or lower(organism) like @pattern escape '\' or @pattern is null)
           and (reviewed = @reviewed or @reviewed is null)
           and (@canonical_only = 0 or is_canonical = 1)
        """;

    private const string CountSql = "select count(*) " + MatchSql;

    private const string ListSql = """
        select accession, entry_name, gene_name, organism, taxonomy_id, length, reviewed, is_canonical, isoform_index
        """ + "\n" + MatchSql + "\n" + """
         order by accession
         limit @limit offset @offset
        """;

    public Task<OffsetPage<ProteinSummary>> ListAsync(ProteinQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement count = Match(session.Statement(CountSql), query);
                long total = await count.ScalarAsync<long>(token);
                using SqlStatement list = Match(session.Statement(ListSql), query).Bind("limit", query.Limit).Bind("offset", query.Offset);
                List<ProteinSummary> items = await list.QueryAsync(
                    row => new ProteinSummary(
                        row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.IntOrNull(5),
                        row.IsDBNull(6) ? null : row.GetBoolean(6), row.GetBoolean(7), row.IntOrNull(8)),
                    token);
                return new OffsetPage<ProteinSummary>(total, query.Offset, query.Limit, items);
            },
            cancellationToken);

    private const string FindSql = """
        select p.entry_name, p.gene_name, p.organism, p.taxonomy_id, p.length, p.reviewed, p.is_canonical, p.isoform_index,
               p.canonical_accession, p.sequence_id, s.sequence, p.sequence_version,
               (select count(*) from sequence_embedding e where e.sequence_id = p.sequence_id),
               (select count(*) from protein_go_annotation a join annotation_set t on t.id = a.annotation_set_id
                 where a.protein_accession = p.accession and t.published_at is not null)
          from protein p left join sequence s on s.id = p.sequence_id
         where p.accession = @accession
        """;

    private const string IsoformsSql = """
        select accession from protein where canonical_accession = @canonical and accession <> @accession order by accession
        """;

    /// <exception cref="RecordNotFoundException"/>
    public Task<ProteinDetail> GetAsync(string accession, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement find = session.Statement(FindSql).Bind("accession", accession);
                ProteinDetail detail = await find.FirstAsync(
                    row => new ProteinDetail(
                        accession, row.TextOrNull(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.IntOrNull(4),
                        row.IsDBNull(5) ? null : row.GetBoolean(5), row.GetBoolean(6), row.IntOrNull(7), row.GetString(8), [],
                        row.LongOrNull(9), row.TextOrNull(10), row.GetInt32(11), row.GetInt64(12), row.GetInt64(13)),
                    token) ?? throw RecordNotFoundException.Protein(accession);
                using SqlStatement isoforms = session.Statement(IsoformsSql)
                    .Bind("canonical", detail.CanonicalAccession).Bind("accession", accession);
                return detail with { Isoforms = await isoforms.QueryAsync(row => row.GetString(0), token) };
            },
            cancellationToken);

    private const string AnnotationsSql = """
        select t.go_id, t.name, t.aspect, a.qualifier, a.evidence_code, a.assigned_by, a.db_reference, s.id, s.source, s.source_version
          from protein_go_annotation a
          join annotation_set s on s.id = a.annotation_set_id
          join go_term t on t.id = a.go_term_id
         where a.protein_accession = @accession and s.published_at is not null
           and (a.annotation_set_id = @annotation_set_id or @annotation_set_id is null)
         order by s.created_at desc, t.aspect nulls first, t.go_id, a.evidence_code, a.is_negated
        """;

    /// <exception cref="RecordNotFoundException">No such protein.</exception>
    public async Task<IReadOnlyList<ProteinAnnotation>> AnnotationsAsync(
        string accession, Guid? annotationSetId, CancellationToken cancellationToken)
    {
        List<ProteinAnnotation> found = await database.ReadAsync(
            (session, token) => AnnotationsAsync(session, accession, annotationSetId, token), cancellationToken);
        if (found.Count == 0)
            await GetAsync(accession, cancellationToken);
        return found;
    }

    private static async Task<List<ProteinAnnotation>> AnnotationsAsync(
        SqlSession session, string accession, Guid? annotationSetId, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(AnnotationsSql)
            .Bind("accession", accession).Bind("annotation_set_id", annotationSetId);
        return await statement.QueryAsync(
            row => new ProteinAnnotation(
                row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3), row.GetString(4), row.TextOrNull(5),
                row.TextOrNull(6), row.GetGuid(7), row.GetString(8), row.GetString(9)),
            cancellationToken);
    }

    private const string FastaSql = """
        select p.accession, p.entry_name, p.organism, p.taxonomy_id, s.sequence
          from protein p join sequence s on s.id = p.sequence_id
         where p.accession in (select value from json_each(@accessions))
        """;

    /// <summary>Those of the proteins that have a sequence, in no order.</summary>
    public Task<List<FastaProtein>> FastaAsync(IReadOnlyCollection<string> accessions, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(FastaSql).Bind("accessions", new SqlList<string>(accessions));
                return await statement.QueryAsync(
                    row => new FastaProtein(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.GetString(4)), token);
            },
            cancellationToken);

    private const string CanonicalSql = "select accession from protein where is_canonical = 1";

    /// <summary>Accessions an annotation file may name.</summary>
    public Task<HashSet<string>> CanonicalAccessionsAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(CanonicalSql);
                HashSet<string> accessions = new(StringComparer.Ordinal);
                await foreach (string accession in statement.StreamAsync(row => row.GetString(0), token))
                    accessions.Add(accession);
                return accessions;
            },
            cancellationToken);

    private static SqlStatement Match(SqlStatement statement, ProteinQuery query) => statement
        .Bind("pattern", query.Search is { Length: > 0 } search ? SqlPattern.Contains(search) : null)
        .Bind("reviewed", query.Reviewed).Bind("canonical_only", query.CanonicalOnly);
}

/// <summary>A protein as FASTA needs it.</summary>
internal sealed record FastaProtein(string Accession, string? EntryName, string? Organism, string? TaxonomyId, string Residues);
