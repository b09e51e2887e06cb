using System.Globalization;
using System.Text;

namespace Penstock.Console.Charts;

/// <summary>Numbers and paths as SVG writes them.</summary>
internal static class Svg
{
    /// <summary>At most two decimals, with a point.</summary>
    public static string Text(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Straight lines through the points.</summary>
    public static string Line(IEnumerable<(double X, double Y)> points)
    {
        StringBuilder path = new();
        foreach ((double x, double y) in points)
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Text(x)).Append(' ').Append(Text(y));
        return path.ToString();
    }

    /// <summary>A curve through the points that leaves and enters each one vertically.</summary>
    public static string Flow(IReadOnlyList<(double X, double Y)> points)
    {
        StringBuilder path = new($"M{Text(points[0].X)} {Text(points[0].Y)}");
        for (int i = 1; i < points.Count; i++)
        {
            (double fromX, double fromY) = points[i - 1];
            (double toX, double toY) = points[i];
            double middle = (fromY + toY) / 2;
            path.Append(CultureInfo.InvariantCulture, $"C{Text(fromX)} {Text(middle)} {Text(toX)} {Text(middle)} {Text(toX)} {Text(toY)}");
        }
        return path.ToString();
    }
}
