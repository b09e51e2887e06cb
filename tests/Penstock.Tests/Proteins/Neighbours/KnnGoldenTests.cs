using System.IO.Compression;
using System.Text.Json;
using Penstock.Proteins.Neighbours;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Neighbours;

/// <summary>Against exact float64 neighbours and FAISS 1.7.3 Flat, both recorded with the data.</summary>
public class KnnGoldenTests
{
    private const double Tolerance = 1e-5;

    [Theory]
    [InlineData("cosine_thrNone", "exact_float64", null)]
    [InlineData("cosine_thr0.55", "exact_float64", null)]
    [InlineData("l2_thrNone", "exact_float64", null)]
    [InlineData("l2_thr0.5492294239997864", "exact_float64", null)]
    [InlineData("cosine_thrNone", "faiss_flat_float32", null)]
    [InlineData("l2_thrNone", "faiss_flat_float32", null)]
    [InlineData("cosine_thr0.55", "exact_float64", 256)]
    [InlineData("l2_thrNone", "exact_float64", 128)]
    public async Task The_recorded_neighbours_are_found(string name, string answer, int? vectorBits)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        (float[] rows, int dimension) = NpyReader.Read(SharedData.PathOf("proteins", "knn", "refs.npy"));
        (float[] queries, _) = NpyReader.Read(SharedData.PathOf("proteins", "knn", "queries.npy"));
        await using var packed = new GZipStream(File.OpenRead(SharedData.PathOf("proteins", "knn", "expected.json.gz")), CompressionMode.Decompress);
        using JsonDocument expected = await JsonDocument.ParseAsync(packed);
        int k = expected.RootElement.GetProperty("k").GetInt32();
        JsonElement recorded = expected.RootElement.GetProperty("cases").GetProperty(name);
        DistanceMetric metric = recorded.GetProperty("metric").GetString() == "cosine" ? DistanceMetric.Cosine : DistanceMetric.SquaredL2;
        if (metric == DistanceMetric.SquaredL2)
        {
            // The recording was made on vectors of length 1, which the files themselves are not.
            Normalize(rows, dimension);
            Normalize(queries, dimension);
        }
        double? limit = recorded.GetProperty("threshold") is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : null;

        Neighbour[][] found = new ExactKnn(rows, dimension, metric).Search(queries, k, new(limit, VectorBits: vectorBits), default);
        JsonElement lists = recorded.GetProperty(answer);
        Assert.Equal(lists.GetArrayLength(), found.Length);
        for (int query = 0; query < found.Length; query++)
            AssertSameUpToTies(query, [.. lists[query].EnumerateArray().Select(Read)], found[query]);
    }

    private static void Normalize(float[] values, int dimension)
    {
        for (int start = 0; start < values.Length; start += dimension)
        {
            Span<float> row = values.AsSpan(start, dimension);
            double norm = 0;
            foreach (float value in row)
                norm += (double)value * value;
            norm = Math.Sqrt(norm);
            for (int d = 0; norm > 0 && d < dimension; d++)
                row[d] = (float)(row[d] / norm);
        }
    }

    private static Neighbour Read(JsonElement pair) => new(int.Parse(pair[0].GetString()![1..]), pair[1].GetDouble());

    private static void AssertSameUpToTies(int query, Neighbour[] expected, Neighbour[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i].Distance, found[i].Distance, Tolerance);
        if (expected.Length == 0)
            return;
        // Rows clearly nearer than the last must be the same; among those tied with the last any choice is right.
        double last = expected[^1].Distance - 2 * Tolerance;
        Assert.Equal(
            expected.Where(n => n.Distance < last).Select(n => n.Row).Order(),
            found.Where(n => expected.Any(e => e.Row == n.Row && e.Distance < last)).Select(n => n.Row).Order());
        Assert.True(found.Select(n => n.Row).Distinct().Count() == found.Length, $"query {query}: a row was returned twice");
    }
}
