namespace Penstock.Proteins.Neighbours;

/// <summary>The reference rows, what the search needs to know of each, and the arithmetic of its scores.</summary>
/// <remarks>
/// <para>A score orders the rows as their distance does, higher is nearer, and costs one dot product. With a query q, a row
/// r and a fixed centre c it is, up to constants of the query, for the cosine <c>(q/|q| - c).r/|r| + c.r/|r|</c> and for the
/// squared distance <c>(q - c).r + c.r - |r|^2/2</c>: the second part of each is known per row, in double.</para>
/// <para>Why the centre: protein language models put all vectors into a narrow cone, where float32 dot products of whole
/// vectors cannot tell neighbours apart. The rounding error goes with the length of q - c, which is short there.</para>
/// </remarks>
internal sealed class KnnReference
{
    /// <summary>Added to each norm, as the original does, so that a zero vector has distance 1 and not NaN.</summary>
    public const double NormFloor = 1e-9;

    // Within these lengths no float32 product or sum overflows and underflow stays far below the error bound.
    private const double NormMin = 1e-15;
    private const double NormMax = 1e15;
    private const double Unit = 1.0 / (1 << 24);

    // Any centre near the middle does, so a part of the rows is enough to find it.
    private const int CentreSample = 4_096;

    private readonly ReadOnlyMemory<float> _rows;
    private readonly double[] _norms;
    private readonly float[] _centre;
    private readonly double _shift;
    private double _longestNorm;
    private double _largestOffset;

    public KnnReference(ReadOnlyMemory<float> rows, int dimension, DistanceMetric metric)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (rows.Length % dimension != 0)
            throw new ArgumentException($"{rows.Length} values are not whole rows of {dimension}.", nameof(rows));
        _rows = rows;
        Dimension = dimension;
        Metric = metric;
        Count = rows.Length / dimension;
        _norms = new double[Count];
        for (int row = 0; row < Count; row++)
            _norms[row] = ExactArithmetic.Norm(Row(row));
        NonFiniteCount = _norms.Count(double.IsNaN);
        IsOfPlainSize = _norms.All(norm => double.IsNaN(norm) || IsPlain(norm));
        Scales = new float[Count];
        Offsets = new float[Count];
        _centre = IsOfPlainSize ? FindCentre() : new float[dimension];
        int firstFinite = Array.FindIndex(_norms, norm => !double.IsNaN(norm));
        // Taking one row's offset from all keeps the others small, and their rounding with them.
        _shift = firstFinite < 0 ? 0 : OffsetOf(firstFinite);
        for (int row = 0; row < Count; row++)
            Place(row);
    }

    public int Dimension { get; }

    public DistanceMetric Metric { get; }

    public int Count { get; }

    /// <summary>Rows with a NaN or an infinity; they are never neighbours.</summary>
    public int NonFiniteCount { get; }

    /// <summary>All lengths are such that float32 sums are safe; else every distance is computed in double.</summary>
    public bool IsOfPlainSize { get; }

    /// <summary>A row's score is <c>dot * Scale + Offset</c>; higher is nearer. NaN keeps a row out of every answer.</summary>
    public float[] Scales { get; }

    public float[] Offsets { get; }

    public ReadOnlySpan<float> Values => _rows.Span;

    public ReadOnlySpan<float> Row(int row) => _rows.Span.Slice(row * Dimension, Dimension);

    public bool IsFinite(int row) => !double.IsNaN(_norms[row]);

    public static bool IsPlain(double norm) => norm == 0 || (norm >= NormMin && norm <= NormMax);

    /// <summary>The distance in double, in the metric's own formula.</summary>
    public double Distance(ReadOnlySpan<float> query, double queryNorm, int row) => Metric == DistanceMetric.Cosine
        ? 1 - ExactArithmetic.Dot(query, Row(row)) / ((queryNorm + NormFloor) * (_norms[row] + NormFloor))
        : ExactArithmetic.SquaredDistance(query, Row(row));

    /// <summary>The exact score that belongs to an exact distance from a query that is not zero.</summary>
    public double ScoreOf(double distance, double queryNorm) => Metric == DistanceMetric.Cosine
        ? (1 - distance) * (queryNorm + NormFloor) / queryNorm - _shift
        : (queryNorm * queryNorm - distance) / 2 - _shift;

    /// <summary>The query as the scan multiplies it: less the centre, and first scaled to length 1 for the cosine.</summary>
    /// <returns>How far a float32 score of this query can be from the exact one, at most, for any finite row.</returns>
    /// <remarks>
    /// A float32 sum of n products is off by at most about n * 2^-24 * |q||r|, in whatever order it is added (Higham,
    /// Accuracy and Stability of Numerical Algorithms, 3.1). The other terms cover the roundings of scale, offset and
    /// score, and of the doubles the exact scores come from.
    /// </remarks>
    public double Prepare(ReadOnlySpan<float> query, double queryNorm, Span<float> prepared)
    {
        double scale = Metric == DistanceMetric.Cosine ? 1 / queryNorm : 1;
        for (int d = 0; d < prepared.Length; d++)
            prepared[d] = (float)(query[d] * scale - _centre[d]);
        double row = Metric == DistanceMetric.Cosine ? 1 : _longestNorm;
        double product = ExactArithmetic.Norm(prepared) * row;
        double whole = Metric == DistanceMetric.Cosine ? 1 : (queryNorm + row) * (queryNorm + row);
        return 1.01 * (Dimension + 8) * Unit * product + 4 * Unit * (_largestOffset + product) + 1e-12 * whole;
    }

    private float[] FindCentre()
    {
        var sum = new double[Dimension];
        int step = Math.Max(1, Count / CentreSample);
        int taken = 0;
        for (int row = 0; row < Count; row += step)
        {
            if (double.IsNaN(_norms[row]))
                continue;
            taken++;
            double scale = Metric == DistanceMetric.Cosine ? 1 / (_norms[row] + NormFloor) : 1;
            ReadOnlySpan<float> values = Row(row);
            for (int d = 0; d < values.Length; d++)
                sum[d] += scale * values[d];
        }
        return [.. sum.Select(value => (float)(value / Math.Max(1, taken)))];
    }

    private double OffsetOf(int row) => Metric == DistanceMetric.Cosine
        ? ExactArithmetic.Dot(_centre, Row(row)) / (_norms[row] + NormFloor)
        : ExactArithmetic.Dot(_centre, Row(row)) - _norms[row] * _norms[row] / 2;

    private void Place(int row)
    {
        double norm = _norms[row];
        if (double.IsNaN(norm))
        {
            (Scales[row], Offsets[row]) = (float.NaN, float.NaN);
            return;
        }
        double offset = OffsetOf(row) - _shift;
        _longestNorm = Math.Max(_longestNorm, norm);
        _largestOffset = Math.Max(_largestOffset, Math.Abs(offset));
        Offsets[row] = (float)offset;
        Scales[row] = Metric == DistanceMetric.Cosine ? (float)(1 / (norm + NormFloor)) : 1f;
    }
}
