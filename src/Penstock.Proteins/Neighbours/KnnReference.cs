namespace Penstock.Proteins.Neighbours;

/// <summary>The reference rows and what the search needs to know of each.</summary>
internal sealed class KnnReference
{
    /// <summary>Added to each norm, as the original does, so that a zero vector has distance 1 and not NaN.</summary>
    public const double NormFloor = 1e-9;

    // Within these lengths no float32 product or sum overflows and underflow stays far below the error bound.
    private const double NormMin = 1e-15;
    private const double NormMax = 1e15;

    private readonly ReadOnlyMemory<float> _rows;
    private readonly double[] _norms;

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
        Scales = new float[Count];
        Offsets = new float[Count];
        IsOfPlainSize = true;
        for (int row = 0; row < Count; row++)
            Measure(row);
    }

    public int Dimension { get; }

    public DistanceMetric Metric { get; }

    public int Count { get; }

    /// <summary>Rows with a NaN or an infinity; they are never neighbours.</summary>
    public int NonFiniteCount { get; private set; }

    /// <summary>Length of the longest finite row.</summary>
    public double LongestNorm { get; private set; }

    /// <summary>All lengths are such that float32 sums are safe; else every distance is computed in double.</summary>
    public bool IsOfPlainSize { get; private set; }

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

    /// <summary>The exact score that belongs to an exact distance.</summary>
    public double ScoreOf(double distance, double queryNorm) => Metric == DistanceMetric.Cosine
        ? (1 - distance) * (queryNorm + NormFloor)
        : (queryNorm * queryNorm - distance) / 2;

    /// <summary>How far a float32 score can be from the exact one, at most, for any finite row.</summary>
    /// <remarks>
    /// A float32 sum of n products is off by at most about n * 2^-24 * |q||r|, in whatever order it is added (Higham,
    /// Accuracy and Stability of Numerical Algorithms, 3.1); the constants cover scale, offset and the double roundings.
    /// </remarks>
    public double ScoreError(double queryNorm)
    {
        const double Unit = 1.0 / (1 << 24);
        double sum = 1.01 * (Dimension + 8) * Unit * queryNorm;
        return Metric == DistanceMetric.Cosine
            ? sum
            : sum * LongestNorm + 2 * Unit * (LongestNorm * LongestNorm + queryNorm * queryNorm);
    }

    private void Measure(int row)
    {
        double norm = ExactArithmetic.Norm(Row(row));
        _norms[row] = norm;
        if (double.IsNaN(norm))
        {
            NonFiniteCount++;
            (Scales[row], Offsets[row]) = (float.NaN, float.NaN);
            return;
        }
        LongestNorm = Math.Max(LongestNorm, norm);
        IsOfPlainSize &= IsPlain(norm);
        (Scales[row], Offsets[row]) = Metric == DistanceMetric.Cosine
            ? ((float)(1 / (norm + NormFloor)), 0f)
            : (1f, (float)(-norm * norm / 2));
    }
}
