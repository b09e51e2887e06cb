using Penstock.Engine;

namespace Penstock.Proteins.Sequences;

/// <summary>Two records of one FASTA text have the same name, so their results could not be told apart.</summary>
public sealed class FastaDuplicateAccessionException(string accession, long firstLine, long secondLine) : PenstockException(
    "fasta-duplicate-accession",
    $"The name {accession} stands twice in the FASTA text, in lines {firstLine} and {secondLine}. " +
    "Rename or remove one; the name is the first word behind `>`.")
{
    public string Accession { get; } = accession;
}
