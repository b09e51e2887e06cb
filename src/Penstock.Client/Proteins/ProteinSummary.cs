namespace Penstock.Client.Proteins;

/// <summary>A protein in a listing.</summary>
/// <param name="Reviewed">Swiss-Prot (true), TrEMBL (false), or not from UniProt (null).</param>
/// <param name="Length">Residues; null while no sequence is stored.</param>
public sealed record ProteinSummary(
    string Accession, string? EntryName, string? GeneName, string? Organism, string? TaxonomyId, int? Length, bool? Reviewed,
    bool IsCanonical, int? IsoformIndex);

/// <summary>What to list; null leaves a condition out.</summary>
/// <param name="Search">Part of an accession, entry name, gene or organism; at most 100 characters; no wildcards.</param>
/// <param name="CanonicalOnly">Leave out isoforms.</param>
/// <param name="Limit">1 to 500.</param>
public sealed record ProteinQuery(
    string? Search = null, bool? Reviewed = null, bool CanonicalOnly = true, int Limit = 50, int Offset = 0);
