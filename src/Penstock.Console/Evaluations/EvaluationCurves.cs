using Penstock.Client.Proteins;
using Penstock.Console.Charts;

namespace Penstock.Console.Evaluations;

/// <summary>Turns the API's curves into what a plot shows.</summary>
internal static class EvaluationCurves
{
    /// <summary>The curves of one setting, in the order of <see cref="Settings.Aspects"/>; missing aspects stay as empty curves.</summary>
    /// <param name="weighted">The measures weighted by information accretion instead of the plain ones.</param>
    public static IReadOnlyList<PrecisionRecallCurve> Of(IReadOnlyList<EvaluationCurve> curves, string setting, bool weighted) =>
        [.. Settings.Aspects.Select(aspect => Of(curves.FirstOrDefault(curve => curve.Setting == setting && curve.Aspect == aspect), aspect, weighted))];

    private static PrecisionRecallCurve Of(EvaluationCurve? curve, string aspect, bool weighted)
    {
        RecallPoint[] points =
        [
            .. from point in curve?.Points ?? []
               let shown = weighted
                   ? new RecallPoint(point.Tau, point.RecallW ?? 0, point.PrecisionW ?? 0, point.FW ?? 0)
                   : new RecallPoint(point.Tau, point.Recall, point.Precision, point.F)
               // Above the highest score nothing is predicted; those points would draw a line into the corner.
               where (weighted ? point.CoverageW ?? 0 : point.Coverage) > 0
               orderby point.Tau
               select shown,
        ];
        // The first maximum is the lowest threshold: the evaluator's own rule.
        RecallPoint? best = points.Where(point => point.F > 0).MaxBy(point => point.F);
        return new PrecisionRecallCurve(aspect, points, best);
    }
}
