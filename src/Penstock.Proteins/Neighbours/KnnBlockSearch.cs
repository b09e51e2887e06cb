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
        var scannable = new bool[count];
        float[] packed = queries.ToArray();
        for (int i = 0; i < count; i++)
        {
            norms[i] = ExactArithmetic.Norm(queries.Slice(i * dimension, dimension));
            scannable[i] = reference.IsOfPlainSize && norms[i] > 0 && KnnReference.IsPlain(norms[i]);
            if (!scannable[i])
                packed.AsSpan(i * dimension, dimension).Clear();
        }
        int kept = (int)Math.Min(reference.Count, (long)k + Margin);
        var scan = new KnnScan<TTile>(reference, groupsOfRow, groupCount, packed, kept);
        if (scannable.Contains(true))
            scan.Run(cancellationToken);

        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ReadOnlySpan<float> query = queries.Slice(i * dimension, dimension);
            for (int group = 0; group < groupCount; group++)
            {
                List<Neighbour> nearest = scannable[i]
                    ? Prove(query, norms[i], group, scan.Candidates(group, i), kept)
                    : WithoutScan(query, norms[i], group);
                answers[group][first + i] = Cut(nearest);
            }
        }
    }

    /// <summary>Measures candidates in double until no later one, and no row outside them, can be among the k.</summary>
    private List<Neighbour> Prove(
        ReadOnlySpan<float> query, double norm, int group, (ReadOnlyMemory<float> Scores, ReadOnlyMemory<int> Rows) candidates, int kept)
    {
        ReadOnlySpan<float> scores = candidates.Scores.Span;
        ReadOnlySpan<int> rows = candidates.Rows.Span;
        double error = reference.ScoreError(norm);
        var nearest = new List<Neighbour>(k + 1);
        double needed = double.NegativeInfinity;
        for (int i = 0; i < rows.Length; i++)
        {
            // Scores fall from here on: the exact score of this row and of all behind it is below the k-th best.
            if (scores[i] + error < needed)
                return nearest;
            Insert(nearest, new Neighbour(rows[i], reference.Distance(query, norm, rows[i])));
            if (nearest.Count == k)
                needed = reference.ScoreOf(nearest[^1].Distance, norm);
        }
        // All candidates measured. Rows outside, if there are any, scored at most as high as the last candidate.
        bool sawAllRows = rows.Length < kept || kept == reference.Count;
        if (sawAllRows || scores[^1] + error < needed)
            return nearest;
        Interlocked.Increment(ref _rescans);
        return Rescan(query, norm, group, needed - error);
    }

    /// <summary>Scores all rows again, one by one, and measures each that may be among the k in double.</summary>
    private List<Neighbour> Rescan(ReadOnlySpan<float> query, double norm, int group, double scoreMin)
    {
        var nearest = new List<Neighbour>(k + 1);
        for (int row = 0; row < reference.Count; row++)
        {
            if (!IsIn(group, row) || !reference.IsFinite(row))
                continue;
            float score = FloatDot.Of(query, reference.Row(row)) * reference.Scales[row] + reference.Offsets[row];
            if (score >= scoreMin)
                Insert(nearest, new Neighbour(row, reference.Distance(query, norm, row)));
        }
        return nearest;
    }

    /// <summary>Queries for which float32 says nothing: not finite, zero, or of a size that overflows.</summary>
    private List<Neighbour> WithoutScan(ReadOnlySpan<float> query, double norm, int group)
    {
        var nearest = new List<Neighbour>(k + 1);
        if (double.IsNaN(norm))
            return nearest;
        // Every row is at cosine distance 1 from the zero vector, so the first k rows are the answer.
        bool allEqual = norm == 0 && reference.Metric == DistanceMetric.Cosine;
        for (int row = 0; row < reference.Count && !(allEqual && nearest.Count == k); row++)
        {
            if (IsIn(group, row) && reference.IsFinite(row))
                Insert(nearest, new Neighbour(row, reference.Distance(query, norm, row)));
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
}
