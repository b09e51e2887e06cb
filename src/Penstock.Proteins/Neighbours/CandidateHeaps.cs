namespace Penstock.Proteins.Neighbours;

/// <summary>For each of many queries the best-scored rows so far: a binary heap each, worst on top, in shared arrays.</summary>
internal sealed class CandidateHeaps
{
    private readonly int _capacity;
    private readonly float[] _scores;
    private readonly int[] _rows;
    private readonly int[] _counts;

    /// <param name="heapCount">Number of heaps.</param>
    /// <param name="capacity">Rows kept by each.</param>
    public CandidateHeaps(int heapCount, int capacity)
    {
        _capacity = capacity;
        _scores = new float[(long)heapCount * capacity];
        _rows = new int[(long)heapCount * capacity];
        _counts = new int[heapCount];
    }

    /// <summary>Takes a row whose score is above the heap's bound.</summary>
    /// <returns>The new bound: what the next row has to exceed; negative infinity until the heap is full.</returns>
    public float Add(int heap, float score, int row)
    {
        int start = heap * _capacity;
        Span<float> scores = _scores.AsSpan(start, _capacity);
        Span<int> rows = _rows.AsSpan(start, _capacity);
        if (_counts[heap] < _capacity)
            SiftUp(scores, rows, _counts[heap]++, score, row);
        else
            SiftDown(scores, rows, score, row);
        return _counts[heap] == _capacity ? scores[0] : float.NegativeInfinity;
    }

    /// <summary>The rows of one heap, best score first. Sorts in place: the heap takes no more rows.</summary>
    public (ReadOnlyMemory<float> Scores, ReadOnlyMemory<int> Rows) Drain(int heap)
    {
        int start = heap * _capacity;
        int count = _counts[heap];
        Span<float> scores = _scores.AsSpan(start, count);
        Span<int> rows = _rows.AsSpan(start, count);
        scores.Sort(rows, static (left, right) => right.CompareTo(left));
        return (_scores.AsMemory(start, count), _rows.AsMemory(start, count));
    }

    private static void SiftUp(Span<float> scores, Span<int> rows, int hole, float score, int row)
    {
        while (hole > 0)
        {
            int parent = (hole - 1) >> 1;
            if (scores[parent] <= score)
                break;
            scores[hole] = scores[parent];
            rows[hole] = rows[parent];
            hole = parent;
        }
        scores[hole] = score;
        rows[hole] = row;
    }

    private static void SiftDown(Span<float> scores, Span<int> rows, float score, int row)
    {
        int hole = 0;
        for (int child = 1; child < scores.Length; child = 2 * hole + 1)
        {
            if (child + 1 < scores.Length && scores[child + 1] < scores[child])
                child++;
            if (scores[child] >= score)
                break;
            scores[hole] = scores[child];
            rows[hole] = rows[child];
            hole = child;
        }
        scores[hole] = score;
        rows[hole] = row;
    }
}
