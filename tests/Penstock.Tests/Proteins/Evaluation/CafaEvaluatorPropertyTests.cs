using System.Globalization;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Ontology;
using Penstock.Tests.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>Random small evaluations against the definition written out in full.</summary>
public sealed class CafaEvaluatorPropertyTests
{
    private const int Rounds = 400;

    [Fact]
    public async Task Every_measure_equals_the_definition_under_all_options()
    {
        int compared = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            Random random = new(seed);
            Drawn drawn = Drawn.From(random);
            EvaluationOptions options = DrawOptions(random);
            List<EvaluationPoint> expected = drawn.Dense.Evaluate(options);
            EvaluationTable table;
            try
            {
                table = await drawn.Text.EvaluateAsync(options);
            }
            catch (EvaluationException nothing) when (nothing.Code == "evaluation-nothing-predicted")
            {
                Assert.Empty(expected);
                continue;
            }
            EvaluationCurve? curve = table.Curves.SingleOrDefault();
            if (curve is null && table.Warnings.Count > 0)
                continue; // No target is left: the definition divides by zero there.
            AssertSame(expected, curve?.Points ?? [], seed);
            compared += expected.Count;
        }
        Assert.True(compared > Rounds, $"only {compared} thresholds were compared");
    }

    private static void AssertSame(List<EvaluationPoint> expected, IReadOnlyList<EvaluationPoint> actual, int seed)
    {
        Assert.Equal(expected.Select(point => point.Tau), actual.Select(point => point.Tau));
        for (int i = 0; i < expected.Count; i++)
        {
            double[] wanted = [.. expected[i].Plain.Values(), .. expected[i].Weighted?.Values() ?? []];
            double[] got = [.. actual[i].Plain.Values(), .. actual[i].Weighted?.Values() ?? []];
            Assert.Equal(wanted.Length, got.Length);
            for (int column = 0; column < wanted.Length; column++)
            {
                Assert.True(
                    Math.Abs(wanted[column] - got[column]) <= 1e-9,
                    $"seed {seed}, tau {expected[i].Tau}, column {column}: expected {wanted[column]:R}, got {got[column]:R}");
            }
        }
    }

    private static EvaluationOptions DrawOptions(Random random) => new()
    {
        Propagation = (ScorePropagation)random.Next(2),
        Normalization = (ScoreNormalization)random.Next(3),
        NoOrphans = random.Next(3) == 0,
        ThresholdStep = random.Next(3) switch { 0 => 0.01, 1 => 0.05, _ => 0.1 },
        MaxTerms = random.Next(3) == 0 ? random.Next(4) : null,
        PkCoverage = (PkCoverage)random.Next(2),
    };

    /// <summary>One random evaluation, as files and as tables.</summary>
    private sealed record Drawn(EvaluationText Text, DenseEvaluator Dense)
    {
        public static Drawn From(Random random)
        {
            int terms = random.Next(2, 15);
            HashSet<(int Child, int Parent, RelationKind Kind)> edges = [];
            for (int i = 0; i < terms * 2; i++)
            {
                (int a, int b) = (random.Next(terms), random.Next(terms));
                if (a > b)
                    edges.Add((a, b, random.Next(3) == 0 ? RelationKind.PartOf : RelationKind.IsA));
            }
            string[] proteins = [.. Enumerable.Range(0, random.Next(1, 30)).Select(i => $"P{i}")];
            Dictionary<string, HashSet<int>> truth = DrawTerms(random, proteins, terms, share: 1.0);
            Dictionary<string, HashSet<int>>? known = random.Next(2) == 0 ? DrawTerms(random, proteins, terms, share: 0.5) : null;
            var predictions = Enumerable.Range(0, random.Next(proteins.Length * 4))
                .Select(_ => (proteins[random.Next(proteins.Length)], random.Next(terms), Score(random)))
                .ToList();
            double[]? accretion = random.Next(2) == 0
                ? [.. Enumerable.Range(0, terms).Select(_ => random.Next(3) == 0 ? 0 : Math.Round(random.NextDouble() * 5, 3))]
                : null;
            HashSet<int>? interest = random.Next(3) == 0
                ? [.. Enumerable.Range(0, terms).Where(_ => random.Next(3) > 0)]
                : null;
            return new(
                new(SmallOntology.Obo(terms, edges), Rows(truth), Rows(predictions))
                {
                    Accretion = accretion is null ? null : Rows(accretion),
                    Known = known is null ? null : Rows(known),
                    Interest = interest is null ? null : string.Concat(interest.Select(term => SmallOntology.Id(term) + "\n")),
                },
                new(terms, [.. edges.Select(edge => (edge.Child, edge.Parent)).Distinct()])
                {
                    Truth = truth,
                    Predictions = predictions,
                    Known = known,
                    Interest = interest,
                    Accretion = accretion,
                });
        }

        // Often on a threshold, sometimes 0, rarely above 1.
        private static double Score(Random random) => random.Next(10) switch
        {
            0 => 0,
            1 => random.NextDouble() * 1.5,
            _ => Math.Round(random.NextDouble(), 2),
        };

        private static Dictionary<string, HashSet<int>> DrawTerms(Random random, string[] proteins, int terms, double share)
        {
            Dictionary<string, HashSet<int>> drawn = [];
            foreach (string protein in proteins)
            {
                if (random.NextDouble() < share)
                    drawn[protein] = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(terms))];
            }
            return drawn;
        }

        private static string Rows(Dictionary<string, HashSet<int>> terms) => string.Concat(
            terms.SelectMany(entry => entry.Value.Select(term => $"{entry.Key}\t{SmallOntology.Id(term)}\n")));

        private static string Rows(IEnumerable<(string Protein, int Term, double Score)> rows) => string.Concat(
            rows.Select(row => $"{row.Protein}\t{SmallOntology.Id(row.Term)}\t{Digits(row.Score)}\n"));

        private static string Rows(double[] values) => string.Concat(
            values.Select((value, term) => $"{SmallOntology.Id(term)}\t{Digits(value)}\n"));

        private static string Digits(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
