using Penstock.Client.Proteins;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Ontology;
using WireCurve = Penstock.Client.Proteins.EvaluationCurve;

namespace Penstock.Proteins.Operations;

/// <summary>Evaluation tables as the API shows them.</summary>
internal static class EvaluationSummary
{
    /// <summary>By setting, then by aspect.</summary>
    public static Dictionary<string, IReadOnlyDictionary<string, AspectResult>> Of(IEnumerable<EvaluatedSetting> evaluated) =>
        evaluated.ToDictionary(
            setting => setting.Setting,
            setting => (IReadOnlyDictionary<string, AspectResult>)setting.Table.Curves
                .Where(curve => curve.Points.Count > 0)
                .ToDictionary(curve => CodeOf(curve.Namespace), curve => Summarise(curve, setting.Table.IsWeighted)));

    public static IEnumerable<WireCurve> CurvesOf(IEnumerable<EvaluatedSetting> evaluated) =>
        from setting in evaluated
        from curve in setting.Table.Curves
        select new WireCurve(setting.Setting, CodeOf(curve.Namespace), [.. curve.Points.Select(ToPoint)]);

    /// <summary>BPO, MFO, CCO; another namespace keeps its name.</summary>
    private static string CodeOf(string namespaceName) => OntologyAspects.FromNamespace(namespaceName)?.CafaCode() ?? namespaceName;

    private static AspectResult Summarise(Evaluation.EvaluationCurve curve, bool isWeighted)
    {
        BestThreshold best = (isWeighted ? curve.Best(EvaluationMetric.FWeighted) : null) ?? curve.Best(EvaluationMetric.F)!;
        ThresholdMetrics at = MetricsOf(best);
        return new AspectResult(
            best.Metric.Column(), best.Metric.ValueAt(best.Point), at.Pr, at.Rc, best.Point.Tau, at.Cov, (long)at.N,
            best.Metric.IsWeighted() ? curve.WeightedTargetCount : curve.TargetCount,
            Best(curve, EvaluationMetric.F), Best(curve, EvaluationMetric.FWeighted), Best(curve, EvaluationMetric.FMicro),
            Best(curve, EvaluationMetric.FMicroWeighted), Best(curve, EvaluationMetric.S), Best(curve, EvaluationMetric.SWeighted));
    }

    private static BestPoint? Best(Evaluation.EvaluationCurve curve, EvaluationMetric metric)
    {
        if (curve.Best(metric) is not { } best)
            return null;
        ThresholdMetrics at = MetricsOf(best);
        bool isMicro = metric is EvaluationMetric.FMicro or EvaluationMetric.FMicroWeighted;
        return new BestPoint(
            metric.ValueAt(best.Point), best.Point.Tau, isMicro ? at.PrMicro : at.Pr, isMicro ? at.RcMicro : at.Rc, at.Cov);
    }

    private static ThresholdMetrics MetricsOf(BestThreshold best) =>
        best.Metric.IsWeighted() ? best.Point.Weighted!.Value : best.Point.Plain;

    private static CurvePoint ToPoint(EvaluationPoint point) => new(
        point.Tau, point.Plain.Pr, point.Plain.Rc, point.Plain.F, point.Plain.S, point.Plain.Cov, point.Weighted?.Pr, point.Weighted?.Rc,
        point.Weighted?.F, point.Weighted?.S, point.Weighted?.Cov);
}
