namespace Penstock.Proteins.Evaluation;

/// <summary>One prediction file in one namespace: its measures over ascending thresholds; what a chart draws.</summary>
/// <param name="TargetCount">Proteins to predict for: the divisor of coverage.</param>
/// <param name="WeightedTargetCount">The same over terms with information accretion; 0 when none was given.</param>
/// <param name="Points">Thresholds at which at least one protein is predicted.</param>
public sealed record EvaluationCurve(
    string FileName,
    string Namespace,
    int TargetCount,
    int WeightedTargetCount,
    IReadOnlyList<EvaluationPoint> Points)
{
    /// <summary>Null for an empty curve, and for a weighted measure without weights.</summary>
    public BestThreshold? Best(EvaluationMetric metric)
    {
        EvaluationPoint? best = null;
        double bestValue = double.NaN;
        double coverageMax = 0;
        foreach (EvaluationPoint point in Points)
        {
            double value = metric.ValueAt(point);
            if (double.IsNaN(value))
                continue;
            if (best is null || (metric.IsLowestBest() ? value < bestValue : value > bestValue))
                (best, bestValue) = (point, value);
            coverageMax = Math.Max(coverageMax, metric.IsWeighted() ? point.Weighted!.Value.Cov : point.Plain.Cov);
        }
        return best is null ? null : new(metric, best, coverageMax);
    }

    /// <summary>Area under the precision-recall curve, as the CAFA notebook sums it (APS).</summary>
    /// <param name="weighted">Take the columns weighted by information accretion.</param>
    /// <param name="coverageMin">Leave out thresholds with less (unweighted) coverage; CAFA uses 0.3.</param>
    /// <returns>0..1; NaN without a threshold of enough coverage, and for weighted columns that are not there.</returns>
    /// <remarks>
    /// Over ascending thresholds precision is replaced by its running maximum; the curve is closed by (recall 1, precision 0)
    /// before and (recall 0, precision 1) after; each step of recall counts with the precision at its end.
    /// </remarks>
    public double AveragePrecision(bool weighted, double coverageMin = 0)
    {
        double recall = 1;
        double precision = 0;
        double area = double.NaN;
        foreach (EvaluationPoint point in Points)
        {
            if (weighted && point.Weighted is null)
                return double.NaN;
            ThresholdMetrics values = weighted ? point.Weighted!.Value : point.Plain;
            if (point.Plain.Cov < coverageMin)
                continue;
            precision = Math.Max(precision, values.Pr);
            area = (double.IsNaN(area) ? 0 : area) + (recall - values.Rc) * precision;
            recall = values.Rc;
        }
        return area + recall;
    }
}
