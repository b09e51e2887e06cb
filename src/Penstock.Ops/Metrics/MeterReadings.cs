using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Penstock.Ops.Metrics;

/// <summary>Adds up what the meters of this process measure: Penstock's own, and the web server's request durations.</summary>
internal sealed class MeterReadings : IHostedService, IMetricSource, IDisposable
{
    /// <summary>Label sets kept per instrument; more would be an unbounded label, and are counted together.</summary>
    private const int SeriesMax = 2_000;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MeterFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!IsWanted(instrument))
                return;
            // Named from now on, also before it has measured anything: who looks for it finds it.
            lock (_lock)
                _families.TryAdd(instrument.Name, new MeterFamily(instrument, SeriesMax));
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        _listener.RecordObservableInstruments();
        lock (_lock)
        {
            foreach (MeterFamily family in _families.Values)
                family.Write(text);
        }
        return Task.CompletedTask;
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsWanted(Instrument instrument) =>
        instrument.Meter.Name == "Penstock" || instrument.Meter.Name.StartsWith("Penstock.", StringComparison.Ordinal)
        || instrument.Name == "http.server.request.duration";

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
            _families[instrument.Name].Add(value, tags);
    }
}
