namespace Penstock.Proteins.Evaluation;

/// <summary>How long one part of an evaluation took; parts that ran side by side overlap.</summary>
public sealed record EvaluationPhase(string Name, TimeSpan Elapsed);
