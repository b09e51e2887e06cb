namespace Penstock.Proteins.Evaluation;

/// <summary>The scoring of one prediction file in one namespace: the unit that runs in parallel.</summary>
/// <remarks>Its rows stay in order, so sums never depend on the number of processors.</remarks>
internal sealed record CurveWork(string FileName, NamespaceTask Task, PredictedCells Cells)
{
    public EvaluationCurve Score(ThresholdGrid thresholds, EvaluationOptions options, CancellationToken cancellationToken)
    {
        RowScorer scorer = new(Task, thresholds, options);
        for (int row = 0; row < Task.RowCount; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scorer.Score(row, Cells.Row(row));
        }
        bool isWeighted = Task.Graph.Accretion.Length > 0;
        ThresholdSums plain = scorer.PlainSums.Total();
        ThresholdSums weighted = scorer.WeightedSums.Total();
        List<EvaluationPoint> points = [];
        for (int i = 0; i < thresholds.Count; i++)
        {
            if (plain.N[i] == 0)
                continue;
            points.Add(new(
                thresholds[i],
                plain.At(i, Task.TargetCount, options.Normalization),
                isWeighted ? weighted.At(i, Task.WeightedTargetCount, options.Normalization) : null));
        }
        return new(FileName, Task.Graph.Name, Task.TargetCount, Task.WeightedTargetCount, points);
    }
}
