namespace Penstock.Proteins.Evaluation;

/// <summary>What makes a threshold the best: the highest F measure or the lowest semantic distance S.</summary>
public enum EvaluationMetric
{
    F,
    FWeighted,
    FMicro,
    FMicroWeighted,
    S,

    /// <summary>The Smin of CAFA. The reference program writes no file for it; its table has the column.</summary>
    SWeighted,
}
