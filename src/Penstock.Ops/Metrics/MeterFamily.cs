using System.Diagnostics.Metrics;
using System.Text;

namespace Penstock.Ops.Metrics;

/// <summary>One instrument with its series; guarded by the lock of its owner.</summary>
internal sealed class MeterFamily
{
    /// <summary>For durations in seconds, 1 ms to 6 h; an instrument may advise others.</summary>
    private static readonly double[] UsualBounds =
        [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3_600, 21_600];

    private readonly string _name;
    private readonly string _type;
    private readonly string _help;
    private readonly double[] _bounds;
    private readonly bool _replaces;
    private readonly int _seriesMax;
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);

    public MeterFamily(Instrument instrument, int seriesMax)
    {
        Type kind = instrument.GetType();
        string generic = kind.IsGenericType ? kind.GetGenericTypeDefinition().Name : kind.Name;
        _type = generic switch
        {
            "Histogram`1" => "histogram",
            "Counter`1" or "ObservableCounter`1" => "counter",
            _ => "gauge",
        };
        // Observable instruments and gauges tell the whole value each time; the others tell what is to be added.
        _replaces = instrument.IsObservable || generic == "Gauge`1";
        _name = NameOf(instrument, _type);
        _help = instrument.Description is { Length: > 0 } description ? description : instrument.Name;
        _bounds = _type != "histogram" ? [] : BoundsOf(instrument);
        _seriesMax = seriesMax;
    }

    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<(string, string)> labels = [];
        foreach ((string name, object? tag) in tags)
            labels.Add((Clean(name), tag?.ToString() ?? ""));
        labels.Sort();
        string key = string.Join('\0', labels.Select(label => $"{label.Item1}\0{label.Item2}"));
        if (!_series.TryGetValue(key, out Series? series))
        {
            if (_series.Count >= _seriesMax)
                (key, labels) = ("", [("overflow", "true")]);
            if (!_series.TryGetValue(key, out series))
                _series[key] = series = new Series(labels, new long[_bounds.Length]);
        }
        series.Sum = _replaces ? value : series.Sum + value;
        series.Count++;
        for (int i = 0; i < _bounds.Length; i++)
        {
            if (value <= _bounds[i])
                series.Buckets[i]++;
        }
    }

    public void Write(PrometheusText text)
    {
        text.Family(_name, _type, _help);
        foreach (Series series in _series.Values)
        {
            if (_type != "histogram")
            {
                text.Sample(_name, series.Sum, series.Labels);
                continue;
            }
            for (int i = 0; i < _bounds.Length; i++)
                text.Sample($"{_name}_bucket", series.Buckets[i], [.. series.Labels, ("le", PrometheusText.Number(_bounds[i]))]);
            text.Sample($"{_name}_bucket", series.Count, [.. series.Labels, ("le", "+Inf")]);
            text.Sample($"{_name}_sum", series.Sum, series.Labels);
            text.Sample($"{_name}_count", series.Count, series.Labels);
        }
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        _ => UsualBounds,
    };

    /// <summary><c>penstock.job.duration</c> in <c>s</c> becomes <c>penstock_job_duration_seconds</c>; counters end in <c>_total</c>.</summary>
    private static string NameOf(Instrument instrument, string type)
    {
        string name = Clean(instrument.Name);
        string unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? $"{name}_total" : name;
    }

    private static string Clean(string name)
    {
        StringBuilder clean = new(name.Length);
        foreach (char letter in name)
            clean.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return clean.ToString();
    }

    private sealed record Series(IReadOnlyList<(string, string)> Labels, long[] Buckets)
    {
        public double Sum { get; set; }
        public long Count { get; set; }
    }
}
