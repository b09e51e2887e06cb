namespace Penstock.Proteins.Evaluation;

/// <summary>Names and properties of the measures a best threshold is chosen by.</summary>
public static class EvaluationMetrics
{
    /// <summary>Column of the evaluation table, for example <c>f_micro_w</c>.</summary>
    public static string Column(this EvaluationMetric metric) => metric switch
    {
        EvaluationMetric.F => "f",
        EvaluationMetric.FWeighted => "f_w",
        EvaluationMetric.FMicro => "f_micro",
        EvaluationMetric.FMicroWeighted => "f_micro_w",
        EvaluationMetric.S => "s",
        EvaluationMetric.SWeighted => "s_w",
        _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "Unknown evaluation metric."),
    };

    /// <summary>Whether it is taken from the columns weighted by information accretion.</summary>
    public static bool IsWeighted(this EvaluationMetric metric) =>
        metric is EvaluationMetric.FWeighted or EvaluationMetric.FMicroWeighted or EvaluationMetric.SWeighted;

    /// <summary>Whether the lowest value is the best.</summary>
    public static bool IsLowestBest(this EvaluationMetric metric) => metric is EvaluationMetric.S or EvaluationMetric.SWeighted;

    /// <summary>The value of the measure at one threshold; NaN for a weighted one in a table without weights.</summary>
    public static double ValueAt(this EvaluationMetric metric, EvaluationPoint point)
    {
        if (metric.IsWeighted() && point.Weighted is null)
            return double.NaN;
        ThresholdMetrics values = metric.IsWeighted() ? point.Weighted!.Value : point.Plain;
        return metric switch
        {
            EvaluationMetric.F or EvaluationMetric.FWeighted => values.F,
            EvaluationMetric.FMicro or EvaluationMetric.FMicroWeighted => values.FMicro,
            _ => values.S,
        };
    }
}
