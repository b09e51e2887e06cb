using System.Runtime.Intrinsics;

namespace Penstock.Proteins.Neighbours;

/// <summary>Exact k nearest neighbours of float32 vectors by scanning all of them.</summary>
/// <remarks>
/// <para>The scan scores in float32 as a blocked matrix product and keeps a few more rows than asked for; those are
/// measured again in double. A bound on the float32 error then proves that no other row can belong to the k nearest; where
/// it cannot (many rows nearly as near), the query is scanned again and every row in doubt is measured in double. So the
/// answer is the one a double search would give, ties and all, on every machine.</para>
/// <para>Equal distances: the lower row first. A row with a NaN or an infinity is never a neighbour
/// (<see cref="NonFiniteRows"/> counts them); a query with one has no neighbours.</para>
/// <para>Safe to search from many threads at once. The rows are not copied: they must not change afterwards.</para>
/// </remarks>
public sealed class ExactKnn
{
    /// <summary>Groups one search can tell apart: the bits of a byte.</summary>
    public const int GroupsMax = 8;

    private const int QueryBlock = 1_024;

    private readonly KnnReference _reference;
    private long _rescans;

    /// <param name="rows">Shape [count, dimension], row-major; at most 2^31 - 1 values.</param>
    /// <param name="dimension">Values in a row, at least 1.</param>
    /// <exception cref="ArgumentException"><paramref name="rows"/> is not whole rows.</exception>
    public ExactKnn(ReadOnlyMemory<float> rows, int dimension, DistanceMetric metric) =>
        _reference = new KnnReference(rows, dimension, metric);

    public int Count => _reference.Count;

    public int Dimension => _reference.Dimension;

    public DistanceMetric Metric => _reference.Metric;

    /// <summary>Rows that hold a NaN or an infinity and are never returned.</summary>
    public int NonFiniteRows => _reference.NonFiniteCount;

    /// <summary>Queries, over all searches, whose answer the first scan could not prove.</summary>
    public long Rescans => Interlocked.Read(ref _rescans);

    /// <summary>The k nearest rows of each query, nearest first; fewer where there are fewer within the limit.</summary>
    /// <param name="queries">Shape [n, dimension], row-major.</param>
    public Neighbour[][] Search(ReadOnlyMemory<float> queries, int k, KnnSearchOptions options, CancellationToken cancellationToken) =>
        Search(queries, k, default, 1, options, cancellationToken)[0];

    /// <summary>As many searches at once as there are groups of rows, for the price of little more than one.</summary>
    /// <param name="groupsOfRow">For each row, bit g set if the row is in group g; a row may be in several or none.</param>
    /// <param name="groupCount">From 1 to <see cref="GroupsMax"/>.</param>
    /// <returns>By group, then query: the k nearest rows of that group.</returns>
    public Neighbour[][][] SearchGroups(
        ReadOnlyMemory<float> queries,
        int k,
        ReadOnlyMemory<byte> groupsOfRow,
        int groupCount,
        KnnSearchOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groupCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(groupCount, GroupsMax);
        if (groupsOfRow.Length != Count)
            throw new ArgumentException($"{groupsOfRow.Length} group entries for {Count} rows.", nameof(groupsOfRow));
        if (groupsOfRow.Span.ContainsAnyExceptInRange((byte)0, (byte)((1 << groupCount) - 1)))
            throw new ArgumentException($"A row is in a group beyond {groupCount}.", nameof(groupsOfRow));
        return Search(queries, k, groupsOfRow, groupCount, options, cancellationToken);
    }

    private Neighbour[][][] Search(
        ReadOnlyMemory<float> queries,
        int k,
        ReadOnlyMemory<byte> groupsOfRow,
        int groupCount,
        KnnSearchOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.DegreeOfParallelism);
        if (options.VectorBits is not (null or 512 or 256 or 128))
            throw new ArgumentOutOfRangeException(nameof(options), options.VectorBits, "The register width is 512, 256 or 128 bits.");
        if (queries.Length % Dimension != 0)
            throw new ArgumentException($"{queries.Length} values are not whole queries of {Dimension}.", nameof(queries));
        int queryCount = queries.Length / Dimension;
        var answers = new Neighbour[groupCount][][];
        for (int group = 0; group < groupCount; group++)
            answers[group] = new Neighbour[queryCount][];
        if (queryCount == 0)
            return answers;

        // A block no larger than each thread's share, so that few queries still use all threads.
        int share = (queryCount + options.DegreeOfParallelism - 1) / options.DegreeOfParallelism;
        int size = Math.Min(QueryBlock, share);
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.DegreeOfParallelism,
            CancellationToken = cancellationToken,
        };
        var search = new KnnBlockSearch(_reference, k, groupsOfRow, groupCount, options.MaxDistance);
        void RunBlock(int block)
        {
            int first = block * size;
            int count = Math.Min(size, queryCount - first);
            ReadOnlySpan<float> part = queries.Span.Slice(first * Dimension, count * Dimension);
            Run(search, options.VectorBits, part, first, answers, cancellationToken);
        }

        int blocks = (queryCount + size - 1) / size;
        if (options.DegreeOfParallelism == 1)
        {
            for (int block = 0; block < blocks; block++)
                RunBlock(block);
        }
        else
        {
            Parallel.For(0, blocks, parallel, RunBlock);
        }
        Interlocked.Add(ref _rescans, search.Rescans);
        return answers;
    }

    private static void Run(
        KnnBlockSearch search,
        int? bits,
        ReadOnlySpan<float> queries,
        int first,
        Neighbour[][][] answers,
        CancellationToken cancellationToken)
    {
        switch (bits ?? WidestBits())
        {
            case 512:
                search.Run<Tile512>(queries, first, answers, cancellationToken);
                break;
            case 256:
                search.Run<Tile256>(queries, first, answers, cancellationToken);
                break;
            default:
                search.Run<Tile128>(queries, first, answers, cancellationToken);
                break;
        }
    }

    private static int WidestBits() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
}
