namespace Penstock.Proteins.Evaluation;

/// <summary>The threshold of a curve that is best by one measure.</summary>
/// <param name="Point">The lowest threshold among equals.</param>
/// <param name="CoverageMax">Highest coverage over all thresholds, of the weighted columns for a weighted measure.</param>
public sealed record BestThreshold(EvaluationMetric Metric, EvaluationPoint Point, double CoverageMax);
