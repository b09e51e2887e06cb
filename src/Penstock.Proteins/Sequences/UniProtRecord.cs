namespace Penstock.Proteins.Sequences;

/// <summary>One record of a UniProt FASTA file.</summary>
/// <param name="EntryName">Such as <c>LCE6A_HUMAN</c>; null where the header is not of UniProt's form.</param>
/// <param name="Reviewed">True for Swiss-Prot (<c>sp|</c>).</param>
/// <param name="Organism">The OS field; like the original, read only where an OX field follows it.</param>
/// <param name="TaxonomyId">The OX field, digits.</param>
/// <param name="GeneName">The GN field.</param>
/// <param name="Sequence">Residues with their case kept, without spaces; never empty.</param>
/// <param name="SequenceHash">See <see cref="Sequences.SequenceHash"/>.</param>
public sealed record UniProtRecord(
    string Accession,
    string? EntryName,
    bool Reviewed,
    string? Organism,
    string? TaxonomyId,
    string? GeneName,
    string Sequence,
    string SequenceHash)
{
    /// <summary>The accession without an isoform number.</summary>
    public string CanonicalAccession => IsoformName.Parse(Accession).CanonicalAccession;

    public int? IsoformIndex => IsoformName.Parse(Accession).IsoformIndex;

    public bool IsCanonical => IsoformIndex is null;

    public int Length => Sequence.Length;
}
