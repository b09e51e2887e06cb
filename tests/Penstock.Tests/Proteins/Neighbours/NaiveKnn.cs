using Penstock.Proteins.Neighbours;

namespace Penstock.Tests.Proteins.Neighbours;

/// <summary>The search as one would write it first: plain loops in double and a full sort.</summary>
internal static class NaiveKnn
{
    public static Neighbour[][] Search(float[] rows, float[] queries, int dimension, DistanceMetric metric, int k, double? maxDistance)
    {
        var answers = new Neighbour[queries.Length / dimension][];
        for (int query = 0; query < answers.Length; query++)
        {
            answers[query] = [.. Enumerable.Range(0, rows.Length / dimension)
                .Select(row => new Neighbour(row, Distance(rows, row, queries, query, dimension, metric)))
                .Where(neighbour => maxDistance is null || neighbour.Distance <= maxDistance)
                .Order()
                .Take(k)];
        }
        return answers;
    }

    private static double Distance(float[] rows, int row, float[] queries, int query, int dimension, DistanceMetric metric)
    {
        double dot = 0, queryNorm = 0, rowNorm = 0, squared = 0;
        for (int d = 0; d < dimension; d++)
        {
            double q = queries[query * dimension + d], r = rows[row * dimension + d];
            dot += q * r;
            queryNorm += q * q;
            rowNorm += r * r;
            squared += (q - r) * (q - r);
        }
        return metric == DistanceMetric.SquaredL2
            ? squared
            : 1 - dot / ((Math.Sqrt(queryNorm) + 1e-9) * (Math.Sqrt(rowNorm) + 1e-9));
    }
}
