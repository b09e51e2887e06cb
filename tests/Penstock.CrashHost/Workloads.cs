using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;

namespace Penstock.CrashHost;

/// <summary>What a run is asked to do; every job under a key, so that asking again after a crash asks for nothing new.</summary>
internal static class Workloads
{
    public static IEnumerable<NewJob> Jobs(string workload, string folder) => workload switch
    {
        "flow" =>
        [
            .. Keyed("crash.note", 6), .. Keyed("crash.stumble", 2), .. Keyed("crash.fan", 2, """{"items":12}"""), .. Keyed("crash.family", 2),
        ],
        "reap" => Keyed("crash.hang", 4),
        "prune" => [.. Keyed("crash.note", 8), .. Keyed("crash.fan", 1, """{"items":3}""")],
        "poison" => [.. Keyed("crash.note", 6), .. Keyed("crash.poison", 1)],
        "tick" => [Tick(folder, tells: true), Tick(folder, tells: false), .. Keyed("crash.nap", 1)],
        "work" => [],
        _ => throw new ArgumentException($"There is no workload '{workload}'.", nameof(workload)),
    };

    private static NewJob Tick(string folder, bool tells) => new(
        "crash.tick", PayloadJson.Write(new Tick.Payload(Path.Combine(folder, $"ticks-{(tells ? "told" : "untold")}"), 100, tells)))
    {
        IdempotencyKey = $"crash.tick:{tells}",
    };

    private static IEnumerable<NewJob> Keyed(string operation, int count, string payload = "{}") =>
        Enumerable.Range(0, count).Select(i => new NewJob(operation, payload) { IdempotencyKey = $"{operation}:{i}" });
}
