namespace Penstock.Proteins.Evaluation;

/// <summary>How predictions are compared with the ground truth. The defaults are those of the CAFA evaluator.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Smallest step; finer ones cost memory and time without telling more than scores do.</summary>
    public const double ThresholdStepMin = 0.0001;

    public ScorePropagation Propagation { get; init; } = ScorePropagation.Max;

    public ScoreNormalization Normalization { get; init; } = ScoreNormalization.Cafa;

    /// <summary>Leave terms without parents (roots) out of the unweighted measures.</summary>
    public bool NoOrphans { get; init; }

    /// <summary>Thresholds are step, 2 step, ... below 1. From <see cref="ThresholdStepMin"/> to below 1; default 0.01.</summary>
    public double ThresholdStep { get; init; } = 0.01;

    /// <summary>
    /// Terms a protein may have before new rows of a prediction file are refused; as the reference counts, one more fits.
    /// Null: no limit.
    /// </summary>
    public int? MaxTerms { get; init; }

    public PkCoverage PkCoverage { get; init; } = PkCoverage.Fixed;
}
