namespace Penstock.Proteins.Evaluation;

/// <summary>What an information accretion was computed from.</summary>
/// <param name="TermCount">Live terms, each with a value.</param>
/// <param name="NonZeroCount">Terms above 0.</param>
/// <param name="AnnotationCount">Distinct pairs of protein and live term.</param>
/// <param name="PropagatedPairs">The same after propagation to all ancestors.</param>
/// <param name="UnknownTermCount">Distinct GO ids left out because they are no live term.</param>
/// <param name="MaxBits">Highest value.</param>
/// <param name="MeanBits">Mean over all live terms.</param>
public sealed record InformationAccretionStats(
    int TermCount,
    int NonZeroCount,
    int AnnotationCount,
    int ProteinCount,
    long PropagatedPairs,
    int UnknownTermCount,
    double MaxBits,
    double MeanBits);
