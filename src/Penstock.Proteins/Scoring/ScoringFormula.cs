namespace Penstock.Proteins.Scoring;

/// <summary>How the signals become one score.</summary>
public enum ScoringFormula
{
    /// <summary><c>linear</c>: the weighted mean of the signals that have a value.</summary>
    Linear,

    /// <summary><c>evidence_weighted</c>: that mean times the weight of the evidence code.</summary>
    EvidenceWeighted,
}
