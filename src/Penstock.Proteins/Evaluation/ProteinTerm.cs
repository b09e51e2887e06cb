namespace Penstock.Proteins.Evaluation;

/// <summary>A protein and a term it has.</summary>
public readonly record struct ProteinTerm(string Accession, string GoId) : IComparable<ProteinTerm>
{
    /// <summary>By accession, then GO id, both ordinal: the order of all ground-truth files.</summary>
    public int CompareTo(ProteinTerm other)
    {
        int byAccession = string.CompareOrdinal(Accession, other.Accession);
        return byAccession != 0 ? byAccession : string.CompareOrdinal(GoId, other.GoId);
    }

    public static bool operator <(ProteinTerm left, ProteinTerm right) => left.CompareTo(right) < 0;

    public static bool operator >(ProteinTerm left, ProteinTerm right) => left.CompareTo(right) > 0;

    public static bool operator <=(ProteinTerm left, ProteinTerm right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ProteinTerm left, ProteinTerm right) => left.CompareTo(right) >= 0;
}
