namespace Penstock.Proteins.Sequences;

/// <summary>One record of a FASTA file a user gave.</summary>
/// <param name="Accession">First word of the header, unique in the file; <c>sp|P1|X</c> stays whole.</param>
/// <param name="Sequence">Residues in upper case, without spaces; never empty. Letters are not checked.</param>
/// <param name="SequenceHash">See <see cref="Sequences.SequenceHash"/>.</param>
public sealed record QueryRecord(string Accession, string Sequence, string SequenceHash)
{
    public int Length => Sequence.Length;
}
