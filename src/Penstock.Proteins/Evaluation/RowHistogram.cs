using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Evaluation;

/// <summary>Weights of one protein's terms by the level they reach; turned into sums by walking the thresholds once.</summary>
internal sealed class RowHistogram(int thresholdCount)
{
    // Index = number of thresholds a term reaches: it is active at thresholds 0..index-1.
    private readonly double[] _found = new double[thresholdCount + 1];
    private readonly double[] _wrong = new double[thresholdCount + 1];
    private readonly double[] _truth = new double[thresholdCount + 1];
    private double _truthTotal;
    private int _top;

    /// <summary>A predicted term that reaches at least one threshold.</summary>
    public void AddPredicted(int level, double weight, bool isTrue)
    {
        (isTrue ? _found : _wrong)[level] += weight;
        _top = Math.Max(_top, level);
    }

    /// <summary>A true term with the level its prediction reaches, 0 without one.</summary>
    public void AddTrue(int level, double weight)
    {
        _truth[level] += weight;
        _truthTotal += weight;
    }

    /// <summary>Adds the row to the sums and empties itself.</summary>
    /// <param name="countsAsPredicted">Whether the row may count in N.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Flush(ThresholdSums sums, bool countsAsPredicted)
    {
        double found = 0;
        double wrong = 0;
        double precision = 0;
        double recall = 0;
        for (int i = _top - 1; i >= 0; i--)
        {
            double addFound = _found[i + 1];
            double addWrong = _wrong[i + 1];
            if (addFound != 0 || addWrong != 0)
            {
                found += addFound;
                wrong += addWrong;
                precision = found / (found + wrong);
                recall = _truthTotal > 0 ? found / _truthTotal : 0;
            }
            sums.N[i] += countsAsPredicted ? 1 : 0;
            sums.Tp[i] += found;
            sums.Fp[i] += wrong;
            sums.Pr[i] += precision;
            sums.Rc[i] += recall;
        }
        double missed = 0;
        for (int i = 0; i < thresholdCount; i++)
        {
            missed += _truth[i];
            sums.Fn[i] += missed;
        }
        Clear();
    }

    private void Clear()
    {
        _found.AsSpan(0, _top + 1).Clear();
        _wrong.AsSpan(0, _top + 1).Clear();
        _truth.AsSpan().Clear();
        _truthTotal = 0;
        _top = 0;
    }
}
