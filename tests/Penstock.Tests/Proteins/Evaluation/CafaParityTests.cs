using System.Globalization;
using System.Text.Json.Nodes;
using Penstock.Proteins.Evaluation;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>Every run of the reference evaluator in the shared data, number by number.</summary>
public sealed class CafaParityTests
{
    private const double RelativeTolerance = 1e-9;
    private const int CaseCount = 25;
    private const string Absent = "(reference data absent)";

    public static TheoryData<string> Cases() => SharedData.IsPresent ? [.. CafaCase.Names()] : [Absent];

    [Fact]
    public void All_cases_of_the_reference_data_are_found()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        Assert.Equal(CaseCount, CafaCase.Names().Count);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_full_table_equals_the_reference(string name)
    {
        (CafaCase expected, EvaluationTable table) = await EvaluateAsync(name);
        var actual = table.Curves.SelectMany(curve => curve.Points.Select(point => (curve, point))).ToList();
        string[][] rows = [.. expected.FullTable()];
        Assert.Equal(rows.Length, actual.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            (EvaluationCurve curve, EvaluationPoint point) = actual[i];
            Assert.Equal((rows[i][0], rows[i][1]), (curve.FileName, curve.Namespace));
            double[] values = [point.Tau, .. point.Plain.Values(), .. point.Weighted?.Values() ?? []];
            Assert.Equal(rows[i].Length - 2, values.Length);
            for (int column = 0; column < values.Length; column++)
                AssertClose(Number(rows[i][column + 2]), values[column], $"{name} row {i} column {column}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Best_rows_equal_the_reference(string name)
    {
        (CafaCase expected, EvaluationTable table) = await EvaluateAsync(name);
        int compared = 0;
        foreach ((string file, JsonNode? namespaces) in expected.Summary())
        {
            foreach ((string ns, JsonNode? metrics) in namespaces!.AsObject())
            {
                EvaluationCurve curve = CurveOf(table, file, ns);
                foreach ((string column, JsonNode? row) in metrics!.AsObject())
                {
                    BestThreshold best = curve.Best(MetricOf(column))!;
                    AssertRow(row!.AsObject(), best, $"{name} {file} {ns} {column}");
                    compared++;
                }
            }
        }
        Assert.Equal(table.Curves.Count * (table.IsWeighted ? 5 : 3), compared);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Average_precision_and_semantic_distance_equal_the_reference(string name)
    {
        (CafaCase expected, EvaluationTable table) = await EvaluateAsync(name);
        int compared = 0;
        foreach ((string file, JsonNode? namespaces) in expected.Derived())
        {
            foreach ((string ns, JsonNode? node) in namespaces!.AsObject())
            {
                EvaluationCurve curve = CurveOf(table, file, ns);
                foreach ((string key, JsonNode? value) in node!.AsObject())
                {
                    AssertDerived(curve, key, value, $"{name} {file} {ns} {key}");
                    compared++;
                }
            }
        }
        Assert.Equal(table.Curves.Count * (table.IsWeighted ? 6 : 3), compared);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Text_files_equal_the_reference(string name)
    {
        (CafaCase expected, EvaluationTable table) = await EvaluateAsync(name);
        using StringWriter all = new();
        EvaluationTsv.WriteAll(table, all);
        Assert.Equal(expected.AllText(), all.ToString());
        foreach (EvaluationMetric metric in Enum.GetValues<EvaluationMetric>())
        {
            if (expected.BestText(metric) is not { } text)
                continue;
            using StringWriter best = new();
            EvaluationTsv.WriteBest(table, metric, best);
            Assert.Equal(text, best.ToString());
        }
    }

    private static async Task<(CafaCase Expected, EvaluationTable Table)> EvaluateAsync(string name)
    {
        Assert.SkipWhen(name == Absent, SharedData.SkipReason);
        CafaCase expected = CafaCase.Load(name);
        EvaluationTable table = await new CafaEvaluator(TimeProvider.System).EvaluateAsync(
            expected.Inputs, expected.Options, TestContext.Current.CancellationToken);
        return (expected, table);
    }

    private static void AssertRow(JsonObject row, BestThreshold best, string where)
    {
        foreach ((string column, JsonNode? value) in row)
        {
            double actual = column switch
            {
                "tau" => best.Point.Tau,
                "cov_max" => best.CoverageMax,
                _ when column.EndsWith("_w", StringComparison.Ordinal) => ValueOf(best.Point.Weighted!.Value, column[..^2]),
                _ => ValueOf(best.Point.Plain, column),
            };
            AssertClose(value!.GetValue<double>(), actual, $"{where}: {column}");
        }
    }

    private static void AssertDerived(EvaluationCurve curve, string key, JsonNode? value, string where)
    {
        const double CafaCoverageMin = 0.3;
        // No value stands where no threshold has the coverage asked for.
        double number = value is null or JsonObject ? double.NaN : value.GetValue<double>();
        switch (key)
        {
            case "aps":
                AssertClose(number, curve.AveragePrecision(weighted: false), where);
                break;
            case "aps_cov0.3":
                AssertClose(number, curve.AveragePrecision(weighted: false, CafaCoverageMin), where);
                break;
            case "aps_w":
                AssertClose(number, curve.AveragePrecision(weighted: true), where);
                break;
            case "aps_w_cov0.3":
                AssertClose(number, curve.AveragePrecision(weighted: true, CafaCoverageMin), where);
                break;
            case "smin":
                AssertRow(value!.AsObject(), curve.Best(EvaluationMetric.S)!, where);
                break;
            case "smin_w":
                AssertRow(value!.AsObject(), curve.Best(EvaluationMetric.SWeighted)!, where);
                break;
            default:
                Assert.Fail($"{where}: no comparison for this value.");
                break;
        }
    }

    private static EvaluationCurve CurveOf(EvaluationTable table, string file, string ns) =>
        Assert.Single(table.Curves, curve => curve.FileName == file && curve.Namespace == ns);

    private static EvaluationMetric MetricOf(string column) =>
        Enum.GetValues<EvaluationMetric>().Single(metric => metric.Column() == column);

    private static double ValueOf(ThresholdMetrics metrics, string column)
    {
        int index = ThresholdMetrics.Columns.ToList().IndexOf(column);
        Assert.True(index >= 0, $"no column {column}");
        return metrics.Values()[index];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static void AssertClose(double expected, double actual, string where)
    {
        if (double.IsNaN(expected) && double.IsNaN(actual))
            return;
        double allowed = RelativeTolerance * Math.Max(Math.Abs(expected), Math.Abs(actual));
        Assert.True(Math.Abs(expected - actual) <= allowed, $"{where}: expected {expected:R}, got {actual:R}");
    }
}
