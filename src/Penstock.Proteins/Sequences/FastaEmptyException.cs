using Penstock.Engine;

namespace Penstock.Proteins.Sequences;

/// <summary>The FASTA text holds no usable record.</summary>
public sealed class FastaEmptyException(FastaCounts counts) : PenstockException(
    "fasta-empty",
    $"The FASTA text has no usable record: {counts.WithoutSequence} without residues, {counts.WithoutAccession} without a name, " +
    $"{counts.LinesBeforeFirstHeader} lines before the first header. A record is a line `>NAME ...` followed by its residues.");
