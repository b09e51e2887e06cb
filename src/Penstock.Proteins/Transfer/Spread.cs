namespace Penstock.Proteins.Transfer;

internal static class Spread
{
    /// <summary>Population standard deviation; 0 for fewer than two values.</summary>
    public static double Of(IEnumerable<double> values)
    {
        double[] all = [.. values];
        if (all.Length < 2)
            return 0;
        double mean = all.Average();
        return Math.Sqrt(all.Sum(value => (value - mean) * (value - mean)) / all.Length);
    }
}
