namespace Penstock.Proteins.Evaluation;

/// <summary>The result of an evaluation: a curve for each prediction file and namespace that has usable predictions.</summary>
/// <param name="Curves">Files in the order given; namespaces in the order of the ontology file.</param>
/// <param name="ThresholdStep">Distance between thresholds; decides the decimals of text files.</param>
/// <param name="IsWeighted">Whether information accretion was given, so that every point has weighted measures.</param>
/// <param name="Warnings">What was left out and why, in full sentences.</param>
/// <param name="Phases">Time spent, for a job's history and for benchmarks.</param>
public sealed record EvaluationTable(
    IReadOnlyList<EvaluationCurve> Curves,
    double ThresholdStep,
    bool IsWeighted,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<EvaluationPhase> Phases);
