namespace Penstock.Proteins.Evaluation;

/// <summary>What the sums over proteins are divided by.</summary>
public enum ScoreNormalization
{
    /// <summary>Precision by the proteins predicted at the threshold, everything else by the targets.</summary>
    Cafa,

    /// <summary>Everything by the proteins predicted at the threshold.</summary>
    Pred,

    /// <summary>Everything by the targets.</summary>
    Gt,
}
