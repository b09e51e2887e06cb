using System.Diagnostics;

namespace Penstock.Ops.Metrics;

/// <summary>What this process uses, under the names every Prometheus client uses.</summary>
internal sealed class ProcessMetrics : IMetricSource
{
    public Task WriteAsync(PrometheusText text, CancellationToken cancellationToken)
    {
        using Process process = Process.GetCurrentProcess();
        Single(text, "process_cpu_seconds_total", "counter", "Processor time used, user and system.", process.TotalProcessorTime.TotalSeconds);
        Single(text, "process_resident_memory_bytes", "gauge", "Memory in use.", process.WorkingSet64);
        Single(text, "process_start_time_seconds", "gauge", "Start of the process, seconds since 1970 UTC.",
            new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1_000.0);
        Single(text, "process_threads", "gauge", "Threads of the operating system.", process.Threads.Count);
        Single(text, "dotnet_gc_heap_size_bytes", "gauge", "Managed heap after the last collection.", GC.GetGCMemoryInfo().HeapSizeBytes);
        Single(text, "dotnet_gc_pause_seconds_total", "counter", "Time in which the collector held up all threads.", GC.GetTotalPauseDuration().TotalSeconds);
        return Task.CompletedTask;
    }

    private static void Single(PrometheusText text, string name, string type, string help, double value) =>
        text.Family(name, type, help).Sample(name, value);
}
