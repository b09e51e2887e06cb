using System.Globalization;

namespace Penstock.Proteins.Evaluation;

/// <summary>Writes an evaluation as the text files of the reference program.</summary>
public static class EvaluationTsv
{
    /// <summary>For example <c>evaluation_best_f_w.tsv</c>.</summary>
    public static string FileNameOf(EvaluationMetric metric) => $"evaluation_best_{metric.Column()}.tsv";

    /// <summary>All thresholds of all curves: the content of <c>evaluation_all.tsv</c>.</summary>
    public static void WriteAll(EvaluationTable table, TextWriter writer)
    {
        WriteHeader(table, writer, withCoverageMax: false);
        int decimals = DecimalsOf(table.ThresholdStep);
        foreach (EvaluationCurve curve in table.Curves)
        {
            foreach (EvaluationPoint point in curve.Points)
            {
                WritePoint(curve, point, decimals, writer);
                writer.Write('\n');
            }
        }
    }

    /// <summary>The best threshold of every curve, by file name and namespace, with the highest coverage.</summary>
    public static void WriteBest(EvaluationTable table, EvaluationMetric metric, TextWriter writer)
    {
        WriteHeader(table, writer, withCoverageMax: true);
        int decimals = DecimalsOf(table.ThresholdStep);
        foreach (EvaluationCurve curve in table.Curves
            .OrderBy(curve => curve.FileName, StringComparer.Ordinal)
            .ThenBy(curve => curve.Namespace, StringComparer.Ordinal))
        {
            if (curve.Best(metric) is not { } best)
                continue;
            WritePoint(curve, best.Point, decimals, writer);
            writer.Write('\t');
            writer.Write(Fixed(best.CoverageMax, decimals));
            writer.Write('\n');
        }
    }

    /// <summary>Decimals the reference writes for a threshold step: 3 for 0.01.</summary>
    internal static int DecimalsOf(double step) => (int)Math.Ceiling(-Math.Log10(step)) + 1;

    /// <summary>Fixed decimals, an exact half to the even digit as C and Python print it.</summary>
    /// <remarks>.NET's own F format rounds a half up.</remarks>
    internal static string Fixed(double value, int decimals)
    {
        // Only a number with at most decimals + 1 binary digits after the point can lie exactly between two decimals.
        double scaled = value * (1L << (decimals + 1));
        if (scaled != Math.Floor(scaled) || Math.Abs(scaled) > int.MaxValue)
            return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return decimal.Round((decimal)value, decimals, MidpointRounding.ToEven)
            .ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static void WriteHeader(EvaluationTable table, TextWriter writer, bool withCoverageMax)
    {
        writer.Write("filename\tns\ttau");
        foreach (string column in ThresholdMetrics.Columns)
            writer.Write('\t' + column);
        foreach (string column in table.IsWeighted ? ThresholdMetrics.Columns : [])
            writer.Write('\t' + column + "_w");
        writer.Write(withCoverageMax ? "\tcov_max\n" : "\n");
    }

    private static void WritePoint(EvaluationCurve curve, EvaluationPoint point, int decimals, TextWriter writer)
    {
        writer.Write(curve.FileName);
        writer.Write('\t');
        writer.Write(curve.Namespace);
        writer.Write('\t');
        writer.Write(Fixed(point.Tau, decimals));
        WriteValues(point.Plain, decimals, writer);
        if (point.Weighted is { } weighted)
            WriteValues(weighted, decimals, writer);
    }

    private static void WriteValues(ThresholdMetrics metrics, int decimals, TextWriter writer)
    {
        foreach (double value in metrics.Values())
        {
            writer.Write('\t');
            writer.Write(Fixed(value, decimals));
        }
    }
}
