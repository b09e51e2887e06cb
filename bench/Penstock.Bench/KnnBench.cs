using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using Penstock.Proteins.Neighbours;

namespace Penstock.Bench;

/// <summary>Exact nearest neighbours on one thread: <c>knn [--refs n] [--dim d] [--queries n] [--k n] [--metric cosine|l2]
/// [--spread x] [--vector-bits 512|256|128] [--runs n] [--json]</c>. Its peer is <c>bench/peers/faiss_flat.py</c>.</summary>
/// <remarks>With <c>--spread</c> all vectors lie around one centre, as protein language models place them: the smaller,
/// the closer together, and the harder to tell apart in float32.</remarks>
internal static class KnnBench
{
    private const int Sample = 8;

    public static Task<int> RunAsync(string[] args)
    {
        if (Settings.Parse(args) is not { } settings)
        {
            Console.Error.WriteLine(
                "usage: Penstock.Bench knn [--refs 100000] [--dim 320] [--queries 1024] [--k 5] [--metric cosine|l2] " +
                "[--spread 0.3] [--vector-bits 512|256|128] [--runs 5] [--json]");
            return Task.FromResult(64);
        }
        var random = new Random(20261122);
        float[] centre = UnitVectors(1, settings.Dimension, [], 0, random);
        float[] references = UnitVectors(settings.References, settings.Dimension, centre, settings.Spread, random);
        float[] queries = UnitVectors(settings.Queries, settings.Dimension, centre, settings.Spread, random);

        var watch = Stopwatch.StartNew();
        var knn = new ExactKnn(references, settings.Dimension, settings.Metric);
        double buildSeconds = watch.Elapsed.TotalSeconds;
        var options = new KnnSearchOptions(VectorBits: settings.VectorBits);

        // A small search first, so that no run pays for the compiler.
        knn.Search(queries.AsMemory(0, settings.Dimension), settings.K, options, default);
        var cpuSeconds = new List<double>();
        var wallSeconds = new List<double>();
        Neighbour[][] found = [];
        for (int run = 0; run < settings.Runs; run++)
        {
            TimeSpan cpuBefore = CpuTime();
            watch.Restart();
            found = knn.Search(queries, settings.K, options, default);
            wallSeconds.Add(watch.Elapsed.TotalSeconds);
            cpuSeconds.Add((CpuTime() - cpuBefore).TotalSeconds);
        }
        int wrong = CountWrong(references, queries, found, settings);
        Report(settings, Median(cpuSeconds), Median(wallSeconds), buildSeconds, wrong, knn.Rescans / settings.Runs);
        return Task.FromResult(wrong == 0 ? 0 : 1);
    }

    private static void Report(Settings settings, double cpu, double wall, double build, int wrong, long rescans)
    {
        double flop = 2.0 * settings.References * settings.Dimension * settings.Queries;
        var figures = new Dictionary<string, object>
        {
            ["refs"] = settings.References,
            ["dim"] = settings.Dimension,
            ["queries"] = settings.Queries,
            ["k"] = settings.K,
            ["metric"] = settings.Metric == DistanceMetric.Cosine ? "cosine" : "l2",
            ["spread"] = settings.Spread,
            ["vector_bits"] = settings.VectorBits ?? WidestBits(),
            ["runs"] = settings.Runs,
            ["queries_per_cpu_second"] = Math.Round(settings.Queries / cpu, 1),
            ["cpu_seconds"] = Math.Round(cpu, 4),
            ["wall_seconds"] = Math.Round(wall, 4),
            ["gflop_per_second"] = Math.Round(flop / cpu / 1e9, 1),
            ["build_seconds"] = Math.Round(build, 4),
            ["rescans"] = rescans,
            ["checked_queries"] = Math.Min(Sample, settings.Queries),
            ["wrong_neighbours"] = wrong,
            ["peak_rss_mb"] = Math.Round(Process.GetCurrentProcess().PeakWorkingSet64 / 1e6, 1),
        };
        if (settings.Json)
        {
            Console.WriteLine(JsonSerializer.Serialize(figures));
            return;
        }
        foreach ((string name, object value) in figures)
            Console.WriteLine($"{name,-24}{value}");
    }

    /// <summary>Compares a few answers with a plain loop in double, row for row.</summary>
    private static int CountWrong(float[] references, float[] queries, Neighbour[][] found, Settings settings)
    {
        int wrong = 0;
        int step = Math.Max(1, settings.Queries / Sample);
        for (int query = 0; query < settings.Queries; query += step)
        {
            var distances = new (double Distance, int Row)[settings.References];
            for (int row = 0; row < settings.References; row++)
                distances[row] = (NaiveDistance(queries, query, references, row, settings), row);
            Array.Sort(distances);
            for (int i = 0; i < settings.K; i++)
            {
                bool same = found[query][i].Row == distances[i].Row
                    && Math.Abs(found[query][i].Distance - distances[i].Distance) < 1e-12;
                wrong += same ? 0 : 1;
            }
        }
        return wrong;
    }

    private static double NaiveDistance(float[] queries, int query, float[] references, int row, Settings settings)
    {
        double dot = 0, queryNorm = 0, rowNorm = 0, squared = 0;
        for (int d = 0; d < settings.Dimension; d++)
        {
            double q = queries[query * settings.Dimension + d];
            double r = references[row * settings.Dimension + d];
            dot += q * r;
            queryNorm += q * q;
            rowNorm += r * r;
            squared += (q - r) * (q - r);
        }
        return settings.Metric == DistanceMetric.Cosine
            ? 1 - dot / ((Math.Sqrt(queryNorm) + 1e-9) * (Math.Sqrt(rowNorm) + 1e-9))
            : squared;
    }

    /// <summary>Random directions, or with a spread above 0 the centre plus noise of that length.</summary>
    private static float[] UnitVectors(int count, int dimension, float[] centre, double spread, Random random)
    {
        var values = new float[count * dimension];
        for (int row = 0; row < count; row++)
        {
            Span<float> vector = values.AsSpan(row * dimension, dimension);
            // A sum of four uniform numbers is close enough to normal and quick to draw.
            for (int d = 0; d < dimension; d++)
                vector[d] = random.NextSingle() + random.NextSingle() + random.NextSingle() + random.NextSingle() - 2;
            Normalize(vector);
            if (spread == 0)
                continue;
            for (int d = 0; d < dimension && centre.Length > 0; d++)
                vector[d] = centre[d] + (float)spread * vector[d];
            Normalize(vector);
        }
        return values;
    }

    private static void Normalize(Span<float> vector)
    {
        double squared = 0;
        foreach (float value in vector)
            squared += (double)value * value;
        float scale = (float)(1 / Math.Sqrt(squared));
        for (int d = 0; d < vector.Length; d++)
            vector[d] *= scale;
    }

    private static int WidestBits() => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private static TimeSpan CpuTime() => Process.GetCurrentProcess().TotalProcessorTime;

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private sealed record Settings(
        int References, int Dimension, int Queries, int K, DistanceMetric Metric, double Spread, int? VectorBits, int Runs, bool Json)
    {
        public static Settings? Parse(string[] args)
        {
            var settings = new Settings(100_000, 320, 1_024, 5, DistanceMetric.Cosine, 0, null, 5, false);
            for (int i = 0; i < args.Length; i++)
            {
                string value = i + 1 < args.Length ? args[i + 1] : "";
                int number = int.TryParse(value, out int parsed) && parsed > 0 ? parsed : 0;
                Settings? next = args[i] switch
                {
                    "--json" => settings with { Json = true },
                    "--metric" when value is "cosine" => settings with { Metric = DistanceMetric.Cosine },
                    "--metric" when value is "l2" => settings with { Metric = DistanceMetric.SquaredL2 },
                    "--spread" when double.TryParse(value, out double spread) && spread >= 0 => settings with { Spread = spread },
                    "--refs" when number > 0 => settings with { References = number },
                    "--dim" when number > 0 => settings with { Dimension = number },
                    "--queries" when number > 0 => settings with { Queries = number },
                    "--k" when number > 0 => settings with { K = number },
                    "--runs" when number > 0 => settings with { Runs = number },
                    "--vector-bits" when number is 512 or 256 or 128 => settings with { VectorBits = number },
                    _ => null,
                };
                if (next is null)
                    return null;
                settings = next;
                i += args[i] == "--json" ? 0 : 1;
            }
            return settings with { K = Math.Min(settings.K, settings.References) };
        }
    }
}
