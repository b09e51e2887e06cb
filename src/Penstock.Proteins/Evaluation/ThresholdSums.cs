namespace Penstock.Proteins.Evaluation;

/// <summary>Sums over proteins at every threshold.</summary>
/// <remarks>
/// Only additions, never differences, so that a sum that is zero in the reference is zero here; and thresholds with the same
/// active terms get the same bits, so that ties between them stay ties.
/// </remarks>
internal sealed class ThresholdSums(int thresholdCount)
{
    public double[] N { get; } = new double[thresholdCount];
    public double[] Tp { get; } = new double[thresholdCount];
    public double[] Fp { get; } = new double[thresholdCount];
    public double[] Fn { get; } = new double[thresholdCount];
    public double[] Pr { get; } = new double[thresholdCount];
    public double[] Rc { get; } = new double[thresholdCount];

    public void Add(ThresholdSums other)
    {
        AddTo(N, other.N);
        AddTo(Tp, other.Tp);
        AddTo(Fp, other.Fp);
        AddTo(Fn, other.Fn);
        AddTo(Pr, other.Pr);
        AddTo(Rc, other.Rc);
    }

    /// <summary>Normalises the sums of one threshold into measures.</summary>
    /// <param name="targets">Number of targets.</param>
    public ThresholdMetrics At(int index, int targets, ScoreNormalization normalization)
    {
        double n = N[index];
        double all = normalization == ScoreNormalization.Pred ? n : targets;
        double precisionBy = normalization == ScoreNormalization.Gt ? targets : n;
        double tp = Quotient(Tp[index], all);
        double fp = Quotient(Fp[index], all);
        double fn = Quotient(Fn[index], all);
        double pr = Quotient(Pr[index], precisionBy);
        double rc = Quotient(Rc[index], all);
        double prMicro = Quotient(tp, tp + fp);
        double rcMicro = Quotient(tp, tp + fn);
        return new(
            n,
            tp,
            fp,
            fn,
            pr,
            rc,
            Quotient(n, targets),
            fp,
            fn,
            HarmonicMean(pr, rc),
            Math.Sqrt((fn * fn) + (fp * fp)),
            prMicro,
            rcMicro,
            HarmonicMean(prMicro, rcMicro));
    }

    private static void AddTo(double[] sums, double[] others)
    {
        for (int i = 0; i < sums.Length; i++)
            sums[i] += others[i];
    }

    private static double Quotient(double value, double by) => by > 0 ? value / by : 0;

    private static double HarmonicMean(double a, double b) => a + b > 0 ? 2 * a * b / (a + b) : 0;
}
