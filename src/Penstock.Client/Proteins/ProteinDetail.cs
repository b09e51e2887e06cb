namespace Penstock.Client.Proteins;

/// <summary>A protein with what is stored about it.</summary>
/// <param name="Isoforms">Accessions that share the canonical accession, this one excluded.</param>
/// <param name="SequenceVersion">Counted from 1; grows when UniProt changed the residues.</param>
public sealed record ProteinDetail(
    string Accession, string? EntryName, string? GeneName, string? Organism, string? TaxonomyId, int? Length, bool? Reviewed,
    bool IsCanonical, int? IsoformIndex, string CanonicalAccession, IReadOnlyList<string> Isoforms, long? SequenceId,
    string? Sequence, int SequenceVersion, long EmbeddingCount, long GoAnnotationCount);
