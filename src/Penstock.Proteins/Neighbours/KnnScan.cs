using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Penstock.Proteins.Neighbours;

/// <summary>Scores every reference row against a block of queries in float32 and keeps the best rows of each.</summary>
/// <remarks>
/// The shape of a matrix product: queries stand side by side in panels as wide as a tile, rows are taken as they lie. A
/// block of rows stays in the second-level cache while all panels pass over it, a panel in the first while the block's
/// rows pass over it. Scores are compared with each query's bound in registers, so no matrix of distances is written.
/// </remarks>
internal sealed class KnnScan<TTile>
    where TTile : struct, IDotTile
{
    private const int RowBlockBytes = 256 << 10;

    private readonly KnnReference _reference;
    private readonly ReadOnlyMemory<byte> _groupsOfRow;
    private readonly int _groupCount;
    private readonly int _paddedCount;
    private readonly float[] _panels;
    private readonly float[] _bounds;
    private readonly CandidateHeaps _heaps;

    /// <param name="groupsOfRow">For each row a bit per group it belongs to; empty if all rows are in the one group.</param>
    /// <param name="kept">Rows kept per query and group.</param>
    public KnnScan(KnnReference reference, ReadOnlyMemory<byte> groupsOfRow, int groupCount, ReadOnlySpan<float> queries, int kept)
    {
        _reference = reference;
        _groupsOfRow = groupsOfRow;
        _groupCount = groupCount;
        int queryCount = queries.Length / reference.Dimension;
        _paddedCount = (queryCount + TTile.Lanes - 1) / TTile.Lanes * TTile.Lanes;
        _panels = new float[_paddedCount * reference.Dimension];
        _bounds = new float[groupCount * _paddedCount];
        _heaps = new CandidateHeaps(groupCount * _paddedCount, kept);
        Pack(queries, queryCount);
        // Lanes without a query are zero vectors that nothing is ever good enough for.
        _bounds.AsSpan().Fill(float.PositiveInfinity);
        for (int group = 0; group < groupCount; group++)
            _bounds.AsSpan(group * _paddedCount, queryCount).Fill(float.NegativeInfinity);
    }

    /// <summary>Best score first.</summary>
    public (ReadOnlyMemory<float> Scores, ReadOnlyMemory<int> Rows) Candidates(int group, int query) =>
        _heaps.Drain(group * _paddedCount + query);

    public void Run(CancellationToken cancellationToken)
    {
        int dimension = _reference.Dimension;
        int blockRows = Math.Max(1, RowBlockBytes / sizeof(float) / dimension / TTile.Rows) * TTile.Rows;
        var padded = new float[TTile.Rows * dimension];
        for (int first = 0; first < _reference.Count; first += blockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int end = Math.Min(first + blockRows, _reference.Count);
            int wholeEnd = end - (end - first) % TTile.Rows;
            for (int lane = 0; lane < _paddedCount; lane += TTile.Lanes)
                ScanRows(first, wholeEnd, lane);
            if (wholeEnd < end)
                ScanLastRows(wholeEnd, end, padded);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ScanRows(int first, int end, int lane)
    {
        int dimension = _reference.Dimension;
        Span<float> dots = stackalloc float[TTile.Rows * TTile.Lanes];
        ref float values = ref MemoryMarshal.GetReference(_reference.Values);
        ref float panel = ref _panels[lane * dimension];
        for (int row = first; row < end; row += TTile.Rows)
        {
            TTile.Multiply(ref Unsafe.Add(ref values, row * dimension), (nuint)dimension, ref panel, dimension, ref dots[0]);
            Collect(row, TTile.Rows, lane, dots);
        }
    }

    // Fewer rows than a tile has: zeros take the place of the missing ones, and only the real ones are looked at.
    private void ScanLastRows(int first, int end, float[] padded)
    {
        int dimension = _reference.Dimension;
        Span<float> dots = stackalloc float[TTile.Rows * TTile.Lanes];
        _reference.Values.Slice(first * dimension, (end - first) * dimension).CopyTo(padded);
        for (int lane = 0; lane < _paddedCount; lane += TTile.Lanes)
        {
            TTile.Multiply(ref padded[0], (nuint)dimension, ref _panels[lane * dimension], dimension, ref dots[0]);
            Collect(first, end - first, lane, dots);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Collect(int firstRow, int rowCount, int lane, Span<float> dots)
    {
        ReadOnlySpan<byte> groupsOfRow = _groupsOfRow.Span;
        for (int i = 0; i < rowCount; i++)
        {
            int row = firstRow + i;
            Span<float> scores = dots.Slice(i * TTile.Lanes, TTile.Lanes);
            TTile.Score(ref scores[0], _reference.Scales[row], _reference.Offsets[row]);
            uint groups = groupsOfRow.IsEmpty ? 1u : groupsOfRow[row];
            for (; groups != 0; groups &= groups - 1)
            {
                int heap = BitOperations.TrailingZeroCount(groups) * _paddedCount + lane;
                for (uint above = TTile.Above(ref scores[0], ref _bounds[heap]); above != 0; above &= above - 1)
                {
                    int query = BitOperations.TrailingZeroCount(above);
                    _bounds[heap + query] = _heaps.Add(heap + query, scores[query], row);
                }
            }
        }
    }

    private void Pack(ReadOnlySpan<float> queries, int queryCount)
    {
        int dimension = _reference.Dimension;
        for (int query = 0; query < queryCount; query++)
        {
            ReadOnlySpan<float> source = queries.Slice(query * dimension, dimension);
            int at = query / TTile.Lanes * TTile.Lanes * dimension + query % TTile.Lanes;
            for (int d = 0; d < dimension; d++, at += TTile.Lanes)
                _panels[at] = source[d];
        }
    }
}
