namespace Penstock.Proteins.Evaluation;

/// <summary>One threshold of a curve.</summary>
/// <param name="Tau">A term is active when its score is at least this.</param>
/// <param name="Weighted">Weighted by information accretion; null when none was given.</param>
public sealed record EvaluationPoint(double Tau, ThresholdMetrics Plain, ThresholdMetrics? Weighted);
