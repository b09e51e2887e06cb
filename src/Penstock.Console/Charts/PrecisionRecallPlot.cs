namespace Penstock.Console.Charts;

/// <summary>One curve of a precision-recall plot.</summary>
/// <param name="Points">By falling recall; shares in [0, 1].</param>
/// <param name="Best">Where the F measure is highest; null where it is nowhere above zero.</param>
public sealed record PrecisionRecallCurve(string Name, IReadOnlyList<RecallPoint> Points, RecallPoint? Best);

/// <param name="Tau">The score from which on a prediction counts.</param>
/// <param name="F">Harmonic mean of precision and recall, of the measure the plot shows.</param>
public sealed record RecallPoint(double Tau, double Recall, double Precision, double F);

/// <summary>Where the parts of a precision-recall plot lie, in pixels of its view box.</summary>
internal static class PrecisionRecallPlot
{
    public const int Width = 330;
    public const int Height = 300;
    public static readonly LinearScale X = new(0, 1, 38, 318);
    public static readonly LinearScale Y = new(0, 1, 258, 10);

    /// <summary>Values of F whose lines of equal F are drawn.</summary>
    public static readonly IReadOnlyList<double> IsoValues = [0.2, 0.4, 0.6, 0.8];
    private const int IsoSteps = 40;

    /// <summary>All points with 2pr/(p+r) = <paramref name="f"/> inside the plot, from precision 1 to recall 1.</summary>
    public static IEnumerable<(double X, double Y)> Iso(double f)
    {
        double first = f / (2 - f);
        for (int i = 0; i <= IsoSteps; i++)
        {
            double recall = first + (1 - first) * i / IsoSteps;
            yield return (X.Pixel(recall), Y.Pixel(f * recall / (2 * recall - f)));
        }
    }

    public static IEnumerable<(double X, double Y)> Line(IEnumerable<RecallPoint> points) =>
        points.Select(point => (X.Pixel(point.Recall), Y.Pixel(point.Precision)));
}
