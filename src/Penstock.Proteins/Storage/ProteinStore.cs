using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Proteins.Sequences;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Proteins and their sequences: writing. For reading see <see cref="ProteinCatalog"/>.</summary>
internal sealed class ProteinStore(SqlDatabase database, TimeProvider time)
{
    private const int RecordsPerWrite = 500;

    private const string FindProteinsSql = """
        select accession, entry_name, reviewed, canonical_accession, isoform_index, is_canonical, taxonomy_id, organism, gene_name,
               length, sequence_id, sequence_version
          from protein
         where accession in (select value from json_each(@accessions))
        """;

    private const string StoreProteinSql = """
        insert into protein (accession, entry_name, reviewed, canonical_accession, isoform_index, is_canonical, taxonomy_id,
                             organism, gene_name, length, sequence_id, sequence_version, created_at, updated_at)
        values (@accession, @entry_name, @reviewed, @canonical_accession, @isoform_index, @is_canonical, @taxonomy_id,
                @organism, @gene_name, @length, @sequence_id, @sequence_version, @now, @now)
        on conflict (accession) do update
           set entry_name = excluded.entry_name, reviewed = excluded.reviewed, canonical_accession = excluded.canonical_accession,
               isoform_index = excluded.isoform_index, is_canonical = excluded.is_canonical, taxonomy_id = excluded.taxonomy_id,
               organism = excluded.organism, gene_name = excluded.gene_name, length = excluded.length,
               sequence_id = excluded.sequence_id, sequence_version = excluded.sequence_version, updated_at = excluded.updated_at
        """;

    private const string KeepSequenceSql = """
        insert into protein_sequence_history (protein_accession, version, sequence_id, replaced_at)
        values (@accession, @version, @sequence_id, @now)
        on conflict (protein_accession, version) do nothing
        """;

    /// <summary>Inserts new proteins; fills what was empty in known ones, and gives them their present sequence.</summary>
    /// <remarks>Safe to run again: the same records change nothing.</remarks>
    public async Task<UpsertCounts> UpsertAsync(IReadOnlyList<UniProtRecord> records, CancellationToken cancellationToken)
    {
        UpsertCounts counts = new();
        foreach (UniProtRecord[] part in records.Chunk(RecordsPerWrite))
            counts += await database.WriteAsync((session, token) => UpsertAsync(session, part, token), cancellationToken);
        return counts;
    }

    private async Task<UpsertCounts> UpsertAsync(SqlSession session, UniProtRecord[] records, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        SequenceWriter sequences = new(session, now);
        await sequences.StoreAsync(records.Select(r => (r.SequenceHash, r.Sequence)), cancellationToken);
        UpsertCounts counts = new(SequencesInserted: sequences.Inserted, SequencesReused: sequences.Reused);
        foreach (List<UniProtRecord> part in WithoutRepeats(records))
            counts += await StoreAsync(session, part, sequences, now, cancellationToken);
        return counts;
    }

    /// <summary>Cut where an accession comes again: its second record changes what the first one made.</summary>
    private static IEnumerable<List<UniProtRecord>> WithoutRepeats(UniProtRecord[] records)
    {
        List<UniProtRecord> part = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (UniProtRecord record in records)
        {
            if (!seen.Add(record.Accession))
            {
                yield return part;
                part = [];
                seen = new(StringComparer.Ordinal) { record.Accession };
            }
            part.Add(record);
        }
        yield return part;
    }

    private static async Task<UpsertCounts> StoreAsync(
        SqlSession session, List<UniProtRecord> records, SequenceWriter sequences, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredProtein> stored = await FindAsync(session, records, cancellationToken);
        using SqlLoad store = session.Load(StoreProteinSql).Bind("now", now);
        using SqlLoad keep = session.Load(KeepSequenceSql).Bind("now", now);
        int inserted = 0, updated = 0, changed = 0;
        foreach (UniProtRecord record in records)
        {
            StoredProtein? known = stored.GetValueOrDefault(record.Accession);
            StoredProtein wanted = StoredProtein.Merge(known, record, sequences.IdOf(record.SequenceHash));
            if (known == wanted)
                continue;
            await wanted.BindTo(store, record.Accession).AddAsync(cancellationToken);
            if (known is null)
                inserted++;
            else
                updated++;
            if (known?.SequenceId is not { } former || former == wanted.SequenceId)
                continue;
            await keep.Bind("accession", record.Accession).Bind("version", known.SequenceVersion).Bind("sequence_id", former)
                .AddAsync(cancellationToken);
            changed++;
        }
        await store.EndAsync(cancellationToken);
        await keep.EndAsync(cancellationToken);
        return new UpsertCounts(inserted, updated, changed);
    }

    private static async Task<Dictionary<string, StoredProtein>> FindAsync(
        SqlSession session, List<UniProtRecord> records, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(FindProteinsSql)
            .Bind("accessions", new SqlList<string>(records.ConvertAll(r => r.Accession)));
        return (await find.QueryAsync(row => KeyValuePair.Create(row.GetString(0), StoredProtein.Read(row)), cancellationToken))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>The columns that loading may change.</summary>
    private sealed record StoredProtein(
        string? EntryName, bool? Reviewed, string CanonicalAccession, int? IsoformIndex, bool IsCanonical, string? TaxonomyId,
        string? Organism, string? GeneName, int? Length, long? SequenceId, int SequenceVersion)
    {
        public static StoredProtein Read(DbDataReader row) => new(
            row.TextOrNull(1), row.IsDBNull(2) ? null : row.GetBoolean(2), row.GetString(3), row.IntOrNull(4), row.GetBoolean(5),
            row.TextOrNull(6), row.TextOrNull(7), row.TextOrNull(8), row.IntOrNull(9), row.LongOrNull(10), row.GetInt32(11));

        /// <summary>Known values stay; names follow the accession; the sequence is the newest.</summary>
        public static StoredProtein Merge(StoredProtein? known, UniProtRecord record, long sequenceId) => new(
            known?.EntryName ?? record.EntryName, known?.Reviewed ?? record.Reviewed, record.CanonicalAccession, record.IsoformIndex,
            record.IsCanonical, known?.TaxonomyId ?? record.TaxonomyId, known?.Organism ?? record.Organism,
            known?.GeneName ?? record.GeneName, record.Length, sequenceId,
            known is null ? 1 : known.SequenceVersion + (known.SequenceId is { } former && former != sequenceId ? 1 : 0));

        public SqlLoad BindTo(SqlLoad load, string accession) => load
            .Bind("accession", accession).Bind("entry_name", EntryName).Bind("reviewed", Reviewed)
            .Bind("canonical_accession", CanonicalAccession).Bind("isoform_index", IsoformIndex).Bind("is_canonical", IsCanonical)
            .Bind("taxonomy_id", TaxonomyId).Bind("organism", Organism).Bind("gene_name", GeneName).Bind("length", Length)
            .Bind("sequence_id", SequenceId).Bind("sequence_version", SequenceVersion);
    }
}

/// <summary>What a load of proteins changed.</summary>
/// <param name="SequencesChanged">Known proteins that got other residues; the former ones are kept in their history.</param>
internal sealed record UpsertCounts(
    int ProteinsInserted = 0, int ProteinsUpdated = 0, int SequencesChanged = 0, int SequencesInserted = 0, int SequencesReused = 0)
{
    public static UpsertCounts operator +(UpsertCounts left, UpsertCounts right) => new(
        left.ProteinsInserted + right.ProteinsInserted, left.ProteinsUpdated + right.ProteinsUpdated,
        left.SequencesChanged + right.SequencesChanged, left.SequencesInserted + right.SequencesInserted,
        left.SequencesReused + right.SequencesReused);
}
