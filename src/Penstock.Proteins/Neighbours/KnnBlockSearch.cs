namespace Penstock.Proteins.Neighbours;

/// <summary>Answers a block of queries: the float32 scan, then the proof in double.</summary>
internal sealed class KnnBlockSearch(
    KnnReference reference, int k, ReadOnlyMemory<byte> groupsOfRow, int groupCount, double? maxDistance)
{
    // Rows kept beyond k. More make the proof succeed more often and cost time in the heaps; 24 settles nearly all
    // queries of real embeddings at about 1 % of the scan.
    private const int Margin = 24;

    private long _rescans;

    public long Rescans => Interlocked.Read(ref _rescans);

    public void Run<TTile>(ReadOnlySpan<float> queries, int first, Neighbour[][][] answers, CancellationToken cancellationToken)
        where TTile : struct, IDotTile
    {
        int dimension = reference.Dimension;
        int count = queries.Length / dimension;
        var norms = new double[count];
        var errors = new double[count];
        var scannable = new bool[count];
        var prepared = new float[queries.Length];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> query = queries.Slice(i * dimension, dimension);
            norms[i] = ExactArithmetic.Norm(query);
            scannable[i] = reference.IsOfPlainSize && norms[i] > 0 && KnnReference.IsPlain(norms[i]);
            if (scannable[i])
                errors[i] = reference.Prepare(query, norms[i], prepared.AsSpan(i * dimension, dimension));
        }
        int kept = (int)Math.Min(reference.Count, (long)k + Margin);
        var scan = new KnnScan<TTile>(reference, groupsOfRow, groupCount, prepared, kept);
        if (scannable.Contains(true))
            scan.Run(cancellationToken);

        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var query = new Query(
                queries.Slice(i * dimension, dimension), prepared.AsSpan(i * dimension, dimension), norms[i], errors[i]);
            for (int group = 0; group < groupCount; group++)
            {
                List<Neighbour> nearest = scannable[i]
                    ? Prove(query, group, scan.Candidates(group, i), kept)
                    : WithoutScan(query, group);
                answers[group][first + i] = Cut(nearest);
            }
        }
    }

    /// <summary>Measures candidates in double until no later one, and no row outside them, can be among the k.</summary>
    private List<Neighbour> Prove(
        Query query, int group, (ReadOnlyMemory<float> Scores, ReadOnlyMemory<int> Rows) candidates, int kept)
    {
        ReadOnlySpan<float> scores = candidates.Scores.Span;
        ReadOnlySpan<int> rows = candidates.Rows.Span;
        var nearest = new List<Neighbour>(k + 1);
        double needed = double.NegativeInfinity;
        for (int i = 0; i < rows.Length; i++)
        {
            // Scores fall from here on: the exact score of this row and of all behind it is below the k-th best.
            if (scores[i] + query.Error < needed)
                return nearest;
            Insert(nearest, new Neighbour(rows[i], reference.Distance(query.Values, query.Norm, rows[i])));
            if (nearest.Count == k)
                needed = reference.ScoreOf(nearest[^1].Distance, query.Norm);
        }
        // All candidates measured. Rows outside, if there are any, scored at most as high as the last candidate.
        bool sawAllRows = rows.Length < kept || kept == reference.Count;
        if (sawAllRows || scores[^1] + query.Error < needed)
            return nearest;
        Interlocked.Increment(ref _rescans);
        return Rescan(query, group, needed - query.Error);
    }

    /// <summary>Scores all rows again, one by one, and measures each that may be among the k in double.</summary>
    private List<Neighbour> Rescan(Query query, int group, double scoreMin)
    {
        var nearest = new List<Neighbour>(k + 1);
        for (int row = 0; row < reference.Count; row++)
        {
            if (!IsIn(group, row) || !reference.IsFinite(row))
                continue;
            float score = FloatDot.Of(query.Prepared, reference.Row(row)) * reference.Scales[row] + reference.Offsets[row];
            if (score >= scoreMin)
                Insert(nearest, new Neighbour(row, reference.Distance(query.Values, query.Norm, row)));
        }
        return nearest;
    }

    /// <summary>Queries for which float32 says nothing: not finite, zero, or of a size that overflows.</summary>
    private List<Neighbour> WithoutScan(Query query, int group)
    {
        var nearest = new List<Neighbour>(k + 1);
        if (double.IsNaN(query.Norm))
            return nearest;
        // Every row is at cosine distance 1 from the zero vector, so the first k rows are the answer.
        bool allEqual = query.Norm == 0 && reference.Metric == DistanceMetric.Cosine;
        for (int row = 0; row < reference.Count && !(allEqual && nearest.Count == k); row++)
        {
            if (IsIn(group, row) && reference.IsFinite(row))
                Insert(nearest, new Neighbour(row, reference.Distance(query.Values, query.Norm, row)));
        }
        return nearest;
    }

    private void Insert(List<Neighbour> nearest, Neighbour neighbour)
    {
        if (nearest.Count == k && neighbour >= nearest[^1])
            return;
        int at = nearest.BinarySearch(neighbour);
        nearest.Insert(at < 0 ? ~at : at, neighbour);
        if (nearest.Count > k)
            nearest.RemoveAt(k);
    }

    private Neighbour[] Cut(List<Neighbour> nearest)
    {
        int count = nearest.Count;
        while (maxDistance is { } limit && count > 0 && !(nearest[count - 1].Distance <= limit))
            count--;
        return [.. nearest.Take(count)];
    }

    private bool IsIn(int group, int row) => groupsOfRow.IsEmpty || (groupsOfRow.Span[row] >> group & 1) != 0;

    /// <param name="values">As given.</param>
    /// <param name="prepared">As the scan multiplies it.</param>
    /// <param name="error">Largest error of its float32 scores.</param>
    private readonly ref struct Query(ReadOnlySpan<float> values, ReadOnlySpan<float> prepared, double norm, double error)
    {
        public ReadOnlySpan<float> Values { get; } = values;

        public ReadOnlySpan<float> Prepared { get; } = prepared;

        public double Norm { get; } = norm;

        public double Error { get; } = error;
    }
}
