using System.Diagnostics.Metrics;
using Penstock.Engine.Storage;

namespace Penstock.Engine;

/// <summary>What the engine measures by itself; the meter's name is <c>Penstock</c>.</summary>
public static class EngineMetrics
{
    public const string MeterName = "Penstock";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "penstock.job.duration", "s", "Run time of one execution of a job or item.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 7_200, 21_600],
        });

    private static readonly Counter<long> Reaped = Meter.CreateCounter<long>("penstock.reaper.reaped", "{job}", "Jobs failed by the reaper.");

    private static readonly Counter<long> Recovered = Meter.CreateCounter<long>("penstock.recovery.freed", "{unit}", "Units freed from dead workers.");

    internal static void Ran(UnitLease lease, Completion? completion, TimeSpan took)
    {
        string outcome = completion switch
        {
            null or Completion.JobReturned => "returned",
            Completion.Threw { RetryAt: null } => "failed",
            Completion.Threw => "retried",
            Completion.Snoozed => "snoozed",
            Completion.Suspended => "suspended",
            _ => "released",
        };
        Duration.Record(
            took.TotalSeconds, new("operation", lease.Operation), new("queue", lease.QueueName), new("outcome", outcome));
    }

    internal static void CountReaped(int jobs) => Reaped.Add(jobs);

    internal static void CountRecovered(int units) => Recovered.Add(units);
}
