namespace Penstock.Proteins.Evaluation;

/// <summary>Adds rows in the order NumPy adds an array: leaves of at most 128 rows in eight lanes, leaves in pairs.</summary>
/// <remarks>
/// Small ground truths give values that lie exactly between two printed decimals; adding in the reference's order rounds them
/// to its side. It also loses less precision than a running sum. Rows must come in order, exactly as many as announced.
/// </remarks>
internal sealed class PairwiseSums
{
    private const int LeafRowsMax = 128;
    private const int LaneCount = 8;

    private readonly int _thresholdCount;
    private readonly Queue<(int Rows, int MergesAfter)> _leaves = new();
    private readonly Stack<ThresholdSums> _done = new();
    private readonly ThresholdSums[] _lanes = new ThresholdSums[LaneCount];
    private ThresholdSums? _leaf;
    private int _rowInLeaf;

    public PairwiseSums(int rowCount, int thresholdCount)
    {
        _thresholdCount = thresholdCount;
        if (rowCount > 0)
            Plan(rowCount, mergesAfter: 0);
    }

    /// <summary>Where the next row is to be added.</summary>
    public ThresholdSums Next()
    {
        FinishFullLeaf();
        int inLanes = _leaves.Peek().Rows / LaneCount * LaneCount;
        int row = _rowInLeaf++;
        if (row < inLanes)
            return row < LaneCount ? _lanes[row] = new(_thresholdCount) : _lanes[row % LaneCount];
        return _leaf ??= CombinedLanes(inLanes);
    }

    /// <summary>The sum of all rows.</summary>
    public ThresholdSums Total()
    {
        FinishFullLeaf();
        return _done.Count == 0 ? new(_thresholdCount) : _done.Single();
    }

    private void Plan(int rows, int mergesAfter)
    {
        if (rows <= LeafRowsMax)
        {
            _leaves.Enqueue((rows, mergesAfter));
            return;
        }
        int left = rows / 2;
        left -= left % LaneCount;
        Plan(left, 0);
        Plan(rows - left, mergesAfter + 1);
    }

    private void FinishFullLeaf()
    {
        if (_rowInLeaf == 0 || _rowInLeaf < _leaves.Peek().Rows)
            return;
        (int rows, int merges) = _leaves.Dequeue();
        ThresholdSums sum = _leaf ?? CombinedLanes(rows);
        for (int i = 0; i < merges; i++)
        {
            ThresholdSums left = _done.Pop();
            left.Add(sum);
            sum = left;
        }
        _done.Push(sum);
        _leaf = null;
        _rowInLeaf = 0;
    }

    private ThresholdSums CombinedLanes(int rowsInLanes)
    {
        if (rowsInLanes == 0)
            return new(_thresholdCount);
        for (int distance = 1; distance < LaneCount; distance *= 2)
        {
            for (int lane = 0; lane < LaneCount; lane += 2 * distance)
                _lanes[lane].Add(_lanes[lane + distance]);
        }
        return _lanes[0];
    }
}
