namespace Penstock.Console.Charts;

/// <summary>Maps values of [<paramref name="From"/>, <paramref name="To"/>] to pixels of [<paramref name="Start"/>, <paramref name="End"/>].</summary>
/// <param name="Start">Pixel of <paramref name="From"/>; larger than <paramref name="End"/> for an axis that grows upwards.</param>
internal sealed record LinearScale(double From, double To, double Start, double End)
{
    /// <summary>The pixel of a value; outside values go to the nearer end. Never NaN.</summary>
    public double Pixel(double value)
    {
        double span = To - From;
        double share = span == 0 || double.IsNaN(value) ? 0 : Math.Clamp((value - From) / span, 0, 1);
        return Start + share * (End - Start);
    }

    /// <summary>Round values inside the range, about <paramref name="wanted"/> of them, with steps of 1, 2 or 5 times a power of ten.</summary>
    public IReadOnlyList<double> Ticks(int wanted)
    {
        if (!(To > From))
            return [From];
        double rough = (To - From) / Math.Max(wanted, 1);
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double factor = rough / power;
        double step = power * (factor < 1.5 ? 1 : factor < 3.5 ? 2 : factor < 7.5 ? 5 : 10);
        long first = (long)Math.Ceiling(From / step - 1e-9);
        long last = (long)Math.Floor(To / step + 1e-9);
        return [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => Math.Round((first + i) * step, 12))];
    }
}
