using Penstock.Proteins.Neighbours;
using Xunit;

namespace Penstock.Tests.Proteins.Neighbours;

public class ExactKnnTests
{
    public static TheoryData<int, DistanceMetric, int> Widths
    {
        get
        {
            var cases = new TheoryData<int, DistanceMetric, int>();
            foreach (int bits in new[] { 512, 256, 128 })
            {
                for (int seed = 1; seed <= 6; seed++)
                {
                    cases.Add(bits, DistanceMetric.Cosine, seed);
                    cases.Add(bits, DistanceMetric.SquaredL2, seed);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_register_width_gives_the_answer_of_the_plain_double_search(int bits, DistanceMetric metric, int seed)
    {
        var random = new Random(seed);
        foreach (int dimension in new[] { 1, 2, 7, 16, 33, 96, 321 })
        {
            int count = random.Next(1, 700);
            int queryCount = random.Next(1, 70);
            int k = random.Next(1, 40);
            float[] rows = RandomRows(random, count, dimension);
            float[] queries = RandomRows(random, queryCount, dimension);
            double? limit = random.Next(2) == 0 ? null : metric == DistanceMetric.Cosine ? 0.95 : dimension * 1.8;
            Neighbour[][] found = Search(rows, queries, dimension, metric, k, new(limit, VectorBits: bits));
            AssertSame(NaiveKnn.Search(rows, queries, dimension, metric, k, limit), found);
        }
    }

    [Fact]
    public void Rows_equal_to_each_other_come_lower_row_first_even_when_hundreds_tie()
    {
        var random = new Random(3);
        const int Dimension = 24;
        float[] pattern = RandomRows(random, 1, Dimension);
        float[] rows = RandomRows(random, 900, Dimension);
        int[] copies = [.. Enumerable.Range(0, 900).Where(row => row % 3 == 1)];
        foreach (int row in copies)
            pattern.CopyTo(rows, row * Dimension);
        var knn = new ExactKnn(rows, Dimension, DistanceMetric.Cosine);
        Neighbour[] found = knn.Search(pattern, 10, KnnSearchOptions.Default, default)[0];
        Assert.Equal(copies.Take(10), found.Select(neighbour => neighbour.Row));
        Assert.Equal(1, knn.Rescans);
    }

    [Theory]
    [InlineData(DistanceMetric.Cosine)]
    [InlineData(DistanceMetric.SquaredL2)]
    public void Rows_closer_together_than_float32_can_tell_are_still_in_exact_order(DistanceMetric metric)
    {
        var random = new Random(4);
        const int Dimension = 320;
        float[] centre = RandomRows(random, 1, Dimension);
        var rows = new float[500 * Dimension];
        for (int row = 0; row < 500; row++)
        {
            centre.CopyTo(rows, row * Dimension);
            // One step of the last bit in a few places: distances differ by about 1e-9 of the length.
            for (int change = 0; change < 5; change++)
            {
                int at = row * Dimension + random.Next(Dimension);
                rows[at] = MathF.BitIncrement(rows[at]);
            }
        }
        float[] query = RandomRows(random, 1, Dimension);
        for (int d = 0; d < Dimension; d++)
            query[d] = centre[d] + 0.1f * query[d];
        Neighbour[][] found = Search(rows, query, Dimension, metric, 20, KnnSearchOptions.Default);
        Assert.Equal(
            NaiveKnn.Search(rows, query, Dimension, metric, 500, null)[0].Take(20).Select(n => n.Distance),
            found[0].Select(n => n.Distance),
            (expected, actual) => Math.Abs(expected - actual) < 1e-12);
        Assert.True(found[0].Zip(found[0].Skip(1)).All(pair => pair.First < pair.Second));
    }

    [Fact]
    public void A_zero_vector_is_at_cosine_distance_one_from_everything()
    {
        var random = new Random(5);
        float[] rows = RandomRows(random, 40, 8);
        rows.AsSpan(3 * 8, 8).Clear();
        var knn = new ExactKnn(rows, 8, DistanceMetric.Cosine);
        Assert.Equal([new(0, 1), new(1, 1), new(2, 1)], knn.Search(new float[8], 3, KnnSearchOptions.Default, default)[0]);
        float[] query = RandomRows(random, 1, 8);
        Assert.Equal(1, knn.Search(query, 40, KnnSearchOptions.Default, default)[0].Single(n => n.Row == 3).Distance);
    }

    [Fact]
    public void A_row_that_is_not_finite_is_never_found_and_a_query_that_is_not_finds_nothing()
    {
        var random = new Random(6);
        float[] rows = RandomRows(random, 100, 20);
        rows[5 * 20 + 3] = float.NaN;
        rows[7 * 20 + 19] = float.PositiveInfinity;
        float[] queries = RandomRows(random, 3, 20);
        queries[20] = float.NegativeInfinity;
        foreach (DistanceMetric metric in Enum.GetValues<DistanceMetric>())
        {
            var knn = new ExactKnn(rows, 20, metric);
            Neighbour[][] found = knn.Search(queries, 100, KnnSearchOptions.Default, default);
            Assert.Equal(2, knn.NonFiniteRows);
            Assert.Empty(found[1]);
            Assert.Equal(98, found[0].Length);
            Assert.DoesNotContain(found[0].Concat(found[2]), n => n.Row is 5 or 7);
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e-12f)]
    [InlineData(1e12f)]
    [InlineData(1e30f)]
    public void Vectors_whose_squares_leave_float32_are_still_measured_right(float size)
    {
        var random = new Random(7);
        float[] rows = [.. RandomRows(random, 200, 30).Select(value => value * size)];
        float[] queries = [.. RandomRows(random, 4, 30).Select(value => value * size)];
        foreach (DistanceMetric metric in Enum.GetValues<DistanceMetric>())
        {
            AssertSame(
                NaiveKnn.Search(rows, queries, 30, metric, 6, null),
                Search(rows, queries, 30, metric, 6, KnnSearchOptions.Default));
        }
    }

    [Fact]
    public void The_limit_is_applied_before_the_cut_and_includes_its_value()
    {
        float[] rows = [0, 1, 2, 3, 4];
        Neighbour[] found = Search(rows, [0f], 1, DistanceMetric.SquaredL2, 4, new(MaxDistance: 4))[0];
        Assert.Equal([new(0, 0), new(1, 1), new(2, 4)], found);
    }

    [Fact]
    public void Groups_of_rows_are_answered_as_if_each_were_searched_alone()
    {
        var random = new Random(8);
        const int Dimension = 17, Count = 500;
        float[] rows = RandomRows(random, Count, Dimension);
        float[] queries = RandomRows(random, 37, Dimension);
        byte[] groups = [.. Enumerable.Range(0, Count).Select(_ => (byte)random.Next(8))];
        var knn = new ExactKnn(rows, Dimension, DistanceMetric.Cosine);
        Neighbour[][][] found = knn.SearchGroups(queries, 5, groups, 3, KnnSearchOptions.Default, default);
        for (int group = 0; group < 3; group++)
        {
            int[] members = [.. Enumerable.Range(0, Count).Where(row => (groups[row] >> group & 1) != 0)];
            float[] memberRows = [.. members.SelectMany(row => rows[(row * Dimension)..((row + 1) * Dimension)])];
            Neighbour[][] expected = NaiveKnn.Search(memberRows, queries, Dimension, DistanceMetric.Cosine, 5, null);
            AssertSame([.. expected.Select(list => list.Select(n => n with { Row = members[n.Row] }).ToArray())], found[group]);
        }
    }

    [Fact]
    public void A_group_without_rows_has_no_neighbours()
    {
        var knn = new ExactKnn(new float[] { 1, 2, 3 }, 1, DistanceMetric.SquaredL2);
        Neighbour[][][] found = knn.SearchGroups(new float[] { 2 }, 5, new byte[] { 1, 1, 1 }, 2, KnnSearchOptions.Default, default);
        Assert.Equal([1, 0, 2], found[0][0].Select(n => n.Row));
        Assert.Empty(found[1][0]);
        Assert.Throws<ArgumentException>(() => knn.SearchGroups(new float[] { 2 }, 5, new byte[] { 1, 4, 1 }, 2, KnnSearchOptions.Default, default));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Threads_change_nothing_in_the_answer(int degree)
    {
        var random = new Random(9);
        float[] rows = RandomRows(random, 400, 50);
        float[] queries = RandomRows(random, 1_500, 50);
        AssertSame(
            Search(rows, queries, 50, DistanceMetric.Cosine, 4, KnnSearchOptions.Default),
            Search(rows, queries, 50, DistanceMetric.Cosine, 4, new(DegreeOfParallelism: degree)));
    }

    [Fact]
    public void No_rows_or_no_queries_give_empty_answers()
    {
        Assert.Empty(Search([1, 2], [], 2, DistanceMetric.Cosine, 3, KnnSearchOptions.Default));
        Assert.Empty(Assert.Single(Search([], [1, 2], 2, DistanceMetric.Cosine, 3, KnnSearchOptions.Default)));
    }

    [Fact]
    public void Values_that_are_not_whole_rows_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ExactKnn(new float[5], 2, DistanceMetric.Cosine));
        var knn = new ExactKnn(new float[4], 2, DistanceMetric.Cosine);
        Assert.Throws<ArgumentException>(() => knn.Search(new float[3], 1, KnnSearchOptions.Default, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => knn.Search(new float[2], 0, KnnSearchOptions.Default, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => knn.Search(new float[2], 1, new(VectorBits: 64), default));
        Assert.Throws<ArgumentOutOfRangeException>(() => knn.Search(new float[2], 1, new(DegreeOfParallelism: 0), default));
    }

    [Fact]
    public void A_cancelled_search_stops()
    {
        var knn = new ExactKnn(new float[4], 2, DistanceMetric.Cosine);
        Assert.ThrowsAny<OperationCanceledException>(() => knn.Search(new float[] { 1, 0 }, 1, KnnSearchOptions.Default, new CancellationToken(true)));
    }

    private static Neighbour[][] Search(float[] rows, float[] queries, int dimension, DistanceMetric metric, int k, KnnSearchOptions options) =>
        new ExactKnn(rows, dimension, metric).Search(queries, k, options, default);

    private static float[] RandomRows(Random random, int count, int dimension)
    {
        var values = new float[count * dimension];
        for (int i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }

    private static void AssertSame(Neighbour[][] expected, Neighbour[][] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int query = 0; query < expected.Length; query++)
        {
            Assert.Equal(expected[query].Length, found[query].Length);
            for (int i = 0; i < expected[query].Length; i++)
            {
                (Neighbour want, Neighbour got) = (expected[query][i], found[query][i]);
                Assert.Equal(want.Distance, got.Distance, 1e-11 * Math.Max(1, want.Distance));
                // Where the two double sums round a tie apart, either row may come first.
                bool tied = expected[query].Any(other => other.Row == got.Row && Math.Abs(other.Distance - want.Distance) <= 1e-11 * Math.Max(1, want.Distance))
                    || i == expected[query].Length - 1;
                Assert.True(want.Row == got.Row || tied, $"query {query}, place {i}: row {got.Row} instead of {want.Row}");
            }
        }
    }
}
