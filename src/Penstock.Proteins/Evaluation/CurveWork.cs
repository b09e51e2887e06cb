namespace Penstock.Proteins.Evaluation;

/// <summary>The scoring of one prediction file in one namespace, in blocks of rows that can run side by side.</summary>
internal sealed class CurveWork(string fileName, NamespaceTask task, PredictedCells cells, int rowsPerBlock)
{
    private readonly (ThresholdSums Plain, ThresholdSums Weighted)[] _blocks =
        new (ThresholdSums, ThresholdSums)[(task.RowCount + rowsPerBlock - 1) / rowsPerBlock];

    public int BlockCount => _blocks.Length;

    public void ScoreBlock(int block, ThresholdGrid thresholds, EvaluationOptions options)
    {
        RowScorer scorer = new(task, thresholds, options);
        int end = Math.Min(task.RowCount, (block + 1) * rowsPerBlock);
        for (int row = block * rowsPerBlock; row < end; row++)
            scorer.Score(row, cells.Row(row));
        _blocks[block] = (scorer.PlainSums, scorer.WeightedSums);
    }

    public EvaluationCurve ToCurve(ThresholdGrid thresholds, EvaluationOptions options)
    {
        bool isWeighted = task.Graph.Accretion.Length > 0;
        ThresholdSums plain = new(thresholds.Count);
        ThresholdSums weighted = new(thresholds.Count);
        foreach ((ThresholdSums blockPlain, ThresholdSums blockWeighted) in _blocks)
        {
            plain.Add(blockPlain);
            weighted.Add(blockWeighted);
        }
        List<EvaluationPoint> points = [];
        for (int i = 0; i < thresholds.Count; i++)
        {
            if (plain.N[i] == 0)
                continue;
            points.Add(new(
                thresholds[i],
                plain.At(i, task.TargetCount, options.Normalization),
                isWeighted ? weighted.At(i, task.WeightedTargetCount, options.Normalization) : null));
        }
        return new(fileName, task.Graph.Name, task.TargetCount, task.WeightedTargetCount, points);
    }
}
