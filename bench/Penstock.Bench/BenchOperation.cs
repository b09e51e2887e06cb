using System.Collections.Concurrent;
using System.Diagnostics;
using Penstock.Engine.Operations;

namespace Penstock.Bench;

/// <summary>The no-op of the comparison: notes when it began and counts.</summary>
internal sealed class BenchOperation : Operation<BenchOperation.Payload, int>
{
    public const string Name = "bench_nothing";

    private static int _handled;

    /// <summary>By job number: when its handler began, in stopwatch ticks.</summary>
    public static readonly ConcurrentDictionary<int, long> StartedAt = new();

    public static TaskCompletionSource Reached { get; private set; } = new();
    public static int Target { get; set; }
    public static int Handled => Volatile.Read(ref _handled);

    public sealed record Payload(int I, string S);

    public static void Reset()
    {
        _handled = 0;
        Target = int.MaxValue;
        Reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public override Task<int> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        StartedAt.TryAdd(payload.I, Stopwatch.GetTimestamp());
        if (Interlocked.Increment(ref _handled) == Target)
            Reached.TrySetResult();
        return Task.FromResult(0);
    }
}
