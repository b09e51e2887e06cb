using System.Runtime.CompilerServices;

namespace Penstock.Proteins.Evaluation;

/// <summary>Propagates the predictions of one protein after another and adds them to the sums.</summary>
/// <remarks>Not shared between threads.</remarks>
internal sealed class RowScorer
{
    [Flags]
    private enum TermFlags : byte
    {
        None = 0,
        Truth = 1,
        Known = 2,
    }

    private readonly NamespaceTask _task;
    private readonly EvaluationNamespace _graph;
    private readonly EvaluationOptions _options;

    // Mark of each term for the present row: 0 untouched, else 1 + level. Only touched entries are reset.
    private readonly int[] _marks;
    private readonly TermFlags[] _flags;
    private readonly List<int> _touched = [];
    private readonly List<int>[] _byMark;
    private readonly RowHistogram _plain;
    private readonly RowHistogram _weighted;

    public RowScorer(NamespaceTask task, ThresholdGrid thresholds, EvaluationOptions options)
    {
        _task = task;
        _graph = task.Graph;
        _options = options;
        _marks = new int[_graph.TermCount];
        _flags = new TermFlags[_graph.TermCount];
        _byMark = new List<int>[thresholds.Count + 2];
        _plain = new(thresholds.Count);
        _weighted = new(thresholds.Count);
        PlainSums = new(task.Plain.Count(part => part != NamespaceTask.RowPart.None), thresholds.Count);
        WeightedSums = new(task.Weighted.Count(part => part != NamespaceTask.RowPart.None), thresholds.Count);
    }

    public PairwiseSums PlainSums { get; }

    public PairwiseSums WeightedSums { get; }

    public void Score(int row, ReadOnlySpan<PredictedCells.Cell> cells)
    {
        bool isPlain = _task.Plain[row] != NamespaceTask.RowPart.None;
        bool isWeighted = _task.Weighted.Length > 0 && _task.Weighted[row] != NamespaceTask.RowPart.None;
        if (!isPlain && !isWeighted)
            return;
        TakeCells(cells);
        if (_options.Propagation == ScorePropagation.Max)
            PropagateMax();
        else
            PropagateFill();
        foreach (int term in _task.Truth[row])
            _flags[term] |= TermFlags.Truth;
        foreach (int term in _task.Known is null ? [] : _task.Known[row])
            _flags[term] |= TermFlags.Known;

        if (isPlain)
            CountPlain(row);
        if (isWeighted)
            CountWeighted(row);
        Reset(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeCells(ReadOnlySpan<PredictedCells.Cell> cells)
    {
        int cellsMax = _options.MaxTerms ?? int.MaxValue;
        foreach (PredictedCells.Cell cell in cells)
        {
            // The reference counts non-zero cells before it writes, so one more than the limit fits,
            // and a repeated row passes the same gate.
            if (cell.Mark == 0 || _touched.Count > cellsMax)
                continue;
            if (_marks[cell.Term] == 0)
                _touched.Add(cell.Term);
            _marks[cell.Term] = Math.Max(_marks[cell.Term], cell.Mark);
        }
    }

    // Highest level first: the first mark an ancestor gets is its maximum, so every edge is walked once.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PropagateMax()
    {
        int own = _touched.Count;
        for (int i = 0; i < own; i++)
            (_byMark[_marks[_touched[i]]] ??= []).Add(_touched[i]);
        for (int mark = _byMark.Length - 1; mark > 0; mark--)
        {
            List<int>? open = _byMark[mark];
            if (open is null)
                continue;
            for (int next = 0; next < open.Count; next++)
            {
                int term = open[next];
                if (_marks[term] > mark)
                    continue;
                foreach (int parent in _graph.Parents[term])
                {
                    if (_marks[parent] >= mark)
                        continue;
                    if (_marks[parent] == 0)
                        _touched.Add(parent);
                    _marks[parent] = mark;
                    open.Add(parent);
                }
            }
            open.Clear();
        }
    }

    // Children before parents; a term with a score of its own keeps it but still hands it on.
    private void PropagateFill()
    {
        int own = _touched.Count;
        for (int next = 0; next < _touched.Count; next++)
        {
            foreach (int parent in _graph.Parents[_touched[next]])
            {
                if (_marks[parent] != 0)
                    continue;
                _marks[parent] = FilledNothingYet;
                _touched.Add(parent);
            }
        }
        HashSet<int> filled = [.. _touched.Skip(own)];
        _touched.Sort((a, b) => _graph.Rank[a].CompareTo(_graph.Rank[b]));
        foreach (int term in _touched)
        {
            foreach (int parent in _graph.Parents[term])
            {
                if (filled.Contains(parent))
                    _marks[parent] = Math.Max(_marks[parent], _marks[term]);
            }
        }
    }

    // Below every real mark, yet not "untouched": replaced by the first child's mark, as each such term has a scored one.
    private const int FilledNothingYet = -1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountPlain(int row)
    {
        foreach (int term in _touched)
        {
            int level = _marks[term] - 1;
            if (level > 0 && _graph.IsOfInterest[term] && (_flags[term] & TermFlags.Known) == 0)
                _plain.AddPredicted(level, 1, (_flags[term] & TermFlags.Truth) != 0);
        }
        foreach (int term in _task.Truth[row])
        {
            if (_graph.IsOfInterest[term] && (_flags[term] & TermFlags.Known) == 0)
                _plain.AddTrue(Math.Max(0, _marks[term] - 1), 1);
        }
        _plain.Flush(PlainSums.Next(), CountsAsPredicted(_task.Plain[row]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CountWeighted(int row)
    {
        foreach (int term in _touched)
        {
            int level = _marks[term] - 1;
            double weight = _graph.Accretion[term];
            if (level > 0 && weight > 0 && (_flags[term] & TermFlags.Known) == 0)
                _weighted.AddPredicted(level, weight, (_flags[term] & TermFlags.Truth) != 0);
        }
        foreach (int term in _task.Truth[row])
        {
            double weight = _graph.Accretion[term];
            if (weight > 0 && (_flags[term] & TermFlags.Known) == 0)
                _weighted.AddTrue(Math.Max(0, _marks[term] - 1), weight);
        }
        _weighted.Flush(WeightedSums.Next(), CountsAsPredicted(_task.Weighted[row]));
    }

    private bool CountsAsPredicted(NamespaceTask.RowPart part) =>
        part == NamespaceTask.RowPart.Target || _options.PkCoverage == PkCoverage.Reference;

    private void Reset(int row)
    {
        foreach (int term in _touched)
            _marks[term] = 0;
        _touched.Clear();
        foreach (int term in _task.Truth[row])
            _flags[term] = TermFlags.None;
        foreach (int term in _task.Known is null ? [] : _task.Known[row])
            _flags[term] = TermFlags.None;
    }
}
