using Penstock.Engine;

namespace Penstock.Proteins.Scoring;

/// <summary>A scoring configuration names something unknown or gives a weight out of range.</summary>
public sealed class ScoringConfigException(string problem) : PenstockException("scoring-config-invalid", problem);
