using Penstock.Proteins.Embeddings;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Transfer;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Reads what predictions are made from: the vectors of annotated proteins, and their annotations.</summary>
internal sealed class ReferenceStore(SqlDatabase database)
{
    private const string StateSql = """
        select (select count(*) from sequence_embedding where embedding_config_id = @config_id),
               (select coalesce(max(id), 0) from sequence_embedding where embedding_config_id = @config_id),
               (select max(updated_at) from protein)
        """;

    /// <summary>Changes whenever the references of a configuration may have; annotation sets never change.</summary>
    public Task<string> StateAsync(Guid configId, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(StateSql).Bind("config_id", configId);
                return (await statement.FirstAsync(row => $"{row.GetInt64(0)}/{row.GetInt64(1)}/{row.InstantOrNull(2):O}", token))!;
            },
            cancellationToken);

    private const string FromReferences = """
          from protein p
          join sequence_embedding e on e.sequence_id = p.sequence_id and e.embedding_config_id = @config_id
         where exists (select 1 from protein_go_annotation a
                        where a.annotation_set_id = @annotation_set_id and a.protein_accession = p.accession)
        """;

    private const string SizeSql = "select count(*), coalesce(min(e.embedding_dim), 0), coalesce(max(e.embedding_dim), 0)\n" + FromReferences;

    private const string VectorsSql = "select p.accession, e.embedding\n" + FromReferences + "\n order by p.accession, e.chunk_index_s";

    private const string AnnotationsSql = """
        select a.protein_accession, a.go_term_id, a.qualifier, a.evidence_code
          from protein_go_annotation a
         where a.annotation_set_id = @annotation_set_id
         order by a.id
        """;

    private const string TermsSql = "select id, go_id, aspect from go_term where ontology_snapshot_id = @snapshot_id";

    /// <param name="bytesMax">Most bytes the vectors may take.</param>
    /// <exception cref="ReferenceSetException">They take more, or are of different lengths.</exception>
    public Task<ReferenceData> ReadAsync(
        Guid configId, Guid annotationSetId, Guid snapshotId, long bytesMax, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async (session, token) =>
            {
                (long count, int dimension) = await SizeAsync(session, configId, annotationSetId, bytesMax, token);
                float[] vectors = new float[count * dimension];
                List<string> accessions = new((int)count);
                using SqlStatement statement = Bound(session.Statement(VectorsSql), configId, annotationSetId);
                await foreach ((string accession, byte[] vector) in statement.StreamAsync(
                    row => (row.GetString(0), row.GetFieldValue<byte[]>(1)), token))
                {
                    EmbeddingBytes.CopyTo(vector, vectors.AsSpan(accessions.Count * dimension, dimension));
                    accessions.Add(accession);
                }
                Dictionary<long, Term> terms = await TermsAsync(session, snapshotId, token);
                ReferenceSet set = ReferenceSet.Create(accessions, await AnnotationsAsync(session, annotationSetId, terms, token));
                return new ReferenceData(
                    vectors, dimension, set, terms.ToDictionary(t => t.Value.GoId, t => t.Key, StringComparer.Ordinal));
            },
            cancellationToken);

    private static async Task<(long Count, int Dimension)> SizeAsync(
        SqlSession session, Guid configId, Guid annotationSetId, long bytesMax, CancellationToken cancellationToken)
    {
        using SqlStatement statement = Bound(session.Statement(SizeSql), configId, annotationSetId);
        (long count, int least, int most) =
            (await statement.QueryAsync(row => (row.GetInt64(0), row.GetInt32(1), row.GetInt32(2)), cancellationToken))[0];
        if (least != most)
            throw ReferenceSetException.Mixed(configId, least, most);
        // One array holds them all, so its length is a limit too.
        if (count * most * sizeof(float) > bytesMax || count * most > Array.MaxLength)
            throw ReferenceSetException.TooLarge(count, most, bytesMax);
        return (count, most);
    }

    private static async Task<Dictionary<long, Term>> TermsAsync(SqlSession session, Guid snapshotId, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(TermsSql).Bind("snapshot_id", snapshotId);
        return (await statement.QueryAsync(
                row => KeyValuePair.Create(
                    row.GetInt64(0), new Term(row.GetString(1), row.IsDBNull(2) ? null : OntologyAspects.FromLetter(row.GetString(2)[0]))),
                cancellationToken))
            .ToDictionary();
    }

    private static async Task<List<(string, ReferenceAnnotation)>> AnnotationsAsync(
        SqlSession session, Guid annotationSetId, Dictionary<long, Term> terms, CancellationToken cancellationToken)
    {
        // A few dozen qualifiers and codes stand in millions of rows: each text once.
        Dictionary<string, string> texts = new(StringComparer.Ordinal);
        string Once(string text) => texts.TryGetValue(text, out string? known) ? known : texts[text] = text;
        using SqlStatement statement = session.Statement(AnnotationsSql).Bind("annotation_set_id", annotationSetId);
        return await statement.QueryAsync(
            row =>
            {
                Term term = terms[row.GetInt64(1)];
                return (row.GetString(0), new ReferenceAnnotation(term.GoId, term.Aspect, Once(row.GetString(2)), Once(row.GetString(3))));
            },
            cancellationToken);
    }

    private static SqlStatement Bound(SqlStatement statement, Guid configId, Guid annotationSetId) =>
        statement.Bind("config_id", configId).Bind("annotation_set_id", annotationSetId);

    private sealed record Term(string GoId, OntologyAspect? Aspect);
}

/// <summary>The vectors and annotations of all references, row i of one with row i of the other.</summary>
/// <param name="TermIds">Row ids of the snapshot's terms by GO id.</param>
internal sealed record ReferenceData(float[] Vectors, int Dimension, ReferenceSet Set, IReadOnlyDictionary<string, long> TermIds);
