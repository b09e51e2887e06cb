using System.Data.Common;
using Penstock.Client.Proteins;
using Penstock.Proteins.Sequences;
using Penstock.Sql;

namespace Penstock.Proteins.Storage;

/// <summary>Proteins and their sequences: writing. For reading see <see cref="ProteinCatalog"/>.</summary>
internal sealed class ProteinStore(SqlDatabase database, TimeProvider time)
{
    private const int RecordsPerWrite = 500;

    private const string FindProteinSql = """
        select entry_name, reviewed, canonical_accession, isoform_index, is_canonical, taxonomy_id, organism, gene_name, length,
               sequence_id, sequence_version
          from protein
         where accession = @accession
        """;

    private const string InsertProteinSql = """
        insert into protein (accession, entry_name, reviewed, canonical_accession, isoform_index, is_canonical, taxonomy_id,
                             organism, gene_name, length, sequence_id, created_at, updated_at)
        values (@accession, @entry_name, @reviewed, @canonical_accession, @isoform_index, @is_canonical, @taxonomy_id,
                @organism, @gene_name, @length, @sequence_id, @now, @now)
        """;

    private const string UpdateProteinSql = """
        update protein
           set entry_name = @entry_name, reviewed = @reviewed, canonical_accession = @canonical_accession,
               isoform_index = @isoform_index, is_canonical = @is_canonical, taxonomy_id = @taxonomy_id, organism = @organism,
               gene_name = @gene_name, length = @length, sequence_id = @sequence_id, sequence_version = @sequence_version,
               updated_at = @now
         where accession = @accession
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
        using SequenceWriter sequences = new(session, now);
        using SqlStatement find = session.Statement(FindProteinSql);
        using SqlStatement insert = session.Statement(InsertProteinSql).Bind("now", now);
        using SqlStatement update = session.Statement(UpdateProteinSql).Bind("now", now);
        using SqlStatement keep = session.Statement(KeepSequenceSql).Bind("now", now);
        int inserted = 0, updated = 0, changed = 0;
        foreach (UniProtRecord record in records)
        {
            long sequenceId = await sequences.IdOfAsync(record.Sequence, record.SequenceHash, cancellationToken);
            StoredProtein? known = await find.Bind("accession", record.Accession).FirstAsync(StoredProtein.Read, cancellationToken);
            StoredProtein wanted = StoredProtein.Merge(known, record, sequenceId);
            if (known is null)
            {
                await wanted.BindTo(insert, record.Accession).ExecuteAsync(cancellationToken);
                inserted++;
            }
            else if (known != wanted)
            {
                if (known.SequenceId is { } former && former != sequenceId)
                {
                    await keep.Bind("accession", record.Accession).Bind("version", known.SequenceVersion)
                        .Bind("sequence_id", former).ExecuteAsync(cancellationToken);
                    changed++;
                }
                await wanted.BindTo(update, record.Accession).Bind("sequence_version", wanted.SequenceVersion)
                    .ExecuteAsync(cancellationToken);
                updated++;
            }
        }
        return new UpsertCounts(inserted, updated, changed, sequences.Inserted, sequences.Reused);
    }

    /// <summary>The columns that loading may change.</summary>
    private sealed record StoredProtein(
        string? EntryName, bool? Reviewed, string CanonicalAccession, int? IsoformIndex, bool IsCanonical, string? TaxonomyId,
        string? Organism, string? GeneName, int? Length, long? SequenceId, int SequenceVersion)
    {
        public static StoredProtein Read(DbDataReader row) => new(
            row.TextOrNull(0), row.IsDBNull(1) ? null : row.GetBoolean(1), row.GetString(2), row.IntOrNull(3), row.GetBoolean(4),
            row.TextOrNull(5), row.TextOrNull(6), row.TextOrNull(7), row.IntOrNull(8), row.LongOrNull(9), row.GetInt32(10));

        /// <summary>Known values stay; names follow the accession; the sequence is the newest.</summary>
        public static StoredProtein Merge(StoredProtein? known, UniProtRecord record, long sequenceId) => new(
            known?.EntryName ?? record.EntryName, known?.Reviewed ?? record.Reviewed, record.CanonicalAccession, record.IsoformIndex,
            record.IsCanonical, known?.TaxonomyId ?? record.TaxonomyId, known?.Organism ?? record.Organism,
            known?.GeneName ?? record.GeneName, record.Length, sequenceId,
            known is null ? 1 : known.SequenceVersion + (known.SequenceId is { } former && former != sequenceId ? 1 : 0));

        public SqlStatement BindTo(SqlStatement statement, string accession) => statement
            .Bind("accession", accession).Bind("entry_name", EntryName).Bind("reviewed", Reviewed)
            .Bind("canonical_accession", CanonicalAccession).Bind("isoform_index", IsoformIndex).Bind("is_canonical", IsCanonical)
            .Bind("taxonomy_id", TaxonomyId).Bind("organism", Organism).Bind("gene_name", GeneName).Bind("length", Length)
            .Bind("sequence_id", SequenceId);
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
