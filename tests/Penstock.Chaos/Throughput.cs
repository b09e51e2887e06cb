using System.Globalization;
using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.Chaos;

/// <summary>How many jobs had ended at each moment, as far as the store could be asked.</summary>
internal sealed class Throughput(IJobReader reader)
{
    private const double WantedShare = 0.95;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromSeconds(10);

    private readonly List<(TimeSpan At, long Ended)> _samples = [];

    public async Task WatchAsync(Func<TimeSpan> clock, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                IReadOnlyList<QueueState> queues = await reader.QueuesAsync(CancellationToken.None);
                _samples.Add((clock(), queues.Sum(q => q.Succeeded + q.Failed + q.Cancelled)));
            }
            catch (PenstockException error) when (error.Kind == ErrorKind.Unavailable)
            {
                // That is the trouble it is here to see.
            }
            await Task.Delay(Step, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <param name="offered">Jobs that are enqueued a second: what must come back.</param>
    /// <returns>What is wrong, fault by fault; the figures are printed.</returns>
    public IReadOnlyList<string> Judge(IReadOnlyList<(string Name, TimeSpan From, TimeSpan To)> faults, double offered)
    {
        List<string> findings = [];
        foreach ((string name, TimeSpan from, TimeSpan to) in faults)
        {
            double before = Rate(from - Before, from);
            TimeSpan? back = _samples.Select(s => s.At).Where(at => at >= to && Rate(at, at + Window) >= WantedShare * offered).Select(at => (TimeSpan?)(at - to)).FirstOrDefault();
            string told = back is { } after ? string.Create(CultureInfo.InvariantCulture, $"back after {after.TotalSeconds:0.0} s") : "never back";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-12} {(to - from).TotalSeconds,5:0.0} s long; jobs/s {before,6:0} before, {Rate(from, to),6:0} during; {told}"));
            if (back is null || back > RecoveryMax)
                findings.Add($"{name}: {told}");
        }
        return findings;
    }

    /// <summary>Jobs a second between the samples nearest to the two moments.</summary>
    private double Rate(TimeSpan from, TimeSpan to)
    {
        (TimeSpan At, long Ended) first = _samples.LastOrDefault(s => s.At <= from, _samples[0]);
        (TimeSpan At, long Ended) last = _samples.FirstOrDefault(s => s.At >= to, _samples[^1]);
        return last.At > first.At ? (last.Ended - first.Ended) / (last.At - first.At).TotalSeconds : 0;
    }
}
