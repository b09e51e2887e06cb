namespace Penstock.Ops.Metrics;

/// <summary>Families that are read when someone asks for the metrics.</summary>
internal interface IMetricSource
{
    Task WriteAsync(PrometheusText text, CancellationToken cancellationToken);
}
