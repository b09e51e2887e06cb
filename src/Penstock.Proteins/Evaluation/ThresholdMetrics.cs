namespace Penstock.Proteins.Evaluation;

/// <summary>The measures at one threshold, as the evaluation table holds them.</summary>
/// <param name="N">Proteins with at least one active predicted term.</param>
/// <param name="Tp">Mean (weighted) number of true positives; as all means, by the chosen normalisation.</param>
/// <param name="Fp">Mean number of false positives.</param>
/// <param name="Fn">Mean number of terms missed.</param>
/// <param name="Pr">Mean precision.</param>
/// <param name="Rc">Mean recall.</param>
/// <param name="Cov">Coverage: <paramref name="N"/> by the number of targets.</param>
/// <param name="Mi">Misinformation, equal to <paramref name="Fp"/>.</param>
/// <param name="Ru">Remaining uncertainty, equal to <paramref name="Fn"/>.</param>
/// <param name="F">Harmonic mean of precision and recall.</param>
/// <param name="S">Semantic distance, the Euclidean norm of <paramref name="Ru"/> and <paramref name="Mi"/>.</param>
public readonly record struct ThresholdMetrics(
    double N,
    double Tp,
    double Fp,
    double Fn,
    double Pr,
    double Rc,
    double Cov,
    double Mi,
    double Ru,
    double F,
    double S,
    double PrMicro,
    double RcMicro,
    double FMicro)
{
    /// <summary>Column names in the order of <see cref="Values"/>; a weighted column has the suffix <c>_w</c>.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["n", "tp", "fp", "fn", "pr", "rc", "cov", "mi", "ru", "f", "s", "pr_micro", "rc_micro", "f_micro"];

    /// <summary>All values in column order.</summary>
    public double[] Values() => [N, Tp, Fp, Fn, Pr, Rc, Cov, Mi, Ru, F, S, PrMicro, RcMicro, FMicro];
}
