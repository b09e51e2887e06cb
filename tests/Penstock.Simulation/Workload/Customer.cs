using System.Globalization;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Simulation.Faults;
using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Workload;

/// <summary>A program that enqueues jobs, one or many, and asks again when it got no answer.</summary>
internal sealed class Customer(World world, SimulatedProcess process, Random random, int requests)
{
    private static readonly string[] Acts =
    [
        "ok", "ok", "ok", "slow:0.02", "slow:0.3", "slow:2", "slow:8", "slow:20", "slow:45", "touchy:20", "stubborn:3", "stubborn:22", "chatty:10", "chatty:50", "full",
        "fail", "fail", "fatal", "snooze:1", "snooze:2", "kill",
    ];

    private static readonly string[] LastActs = ["ok", "ok", "ok", "ok", "slow:1", "chatty:8", "stubborn:4", "touchy:8", "fail", "fatal", "kill", "unstorable"];
    private static readonly string[] ItemActs = ["ok", "ok", "ok", "slow:0.5", "slow:4", "slow:30", "stubborn:18", "stubborn:40", "fail", "snooze:1", "kill"];
    private static readonly string[] LastItemActs = ["ok", "ok", "ok", "ok", "ok", "slow:0.2", "fail", "fatal"];

    private readonly IJobClient _client = world.ClientFor(world.StoreFor(process));
    private readonly IdGenerator _ids = world.NewIds();
    private int _keys;

    public async Task RunAsync()
    {
        for (int i = 0; i < requests; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(3) == 0 ? 0 : random.Next(6_000)), world.Time);
            List<NewJob> jobs = Enumerable.Range(0, random.Next(4) == 0 ? random.Next(2, 6) : 1).Select(_ => Make()).ToList();
            // Asked again only where a second asking cannot make a second job.
            bool repeatable = jobs.TrueForAll(j => j.IdempotencyKey is not null);
            for (int tries = repeatable ? 5 : 1; tries > 0 && !await AskAsync(jobs); tries--)
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time);
        }
    }

    private async Task<bool> AskAsync(List<NewJob> jobs)
    {
        try
        {
            IReadOnlyList<EnqueueResult> results = jobs.Count == 1
                ? [await _client.EnqueueAsync(jobs[0], CancellationToken.None)]
                : await _client.EnqueueManyAsync(jobs, CancellationToken.None);
            foreach (EnqueueResult result in results)
            {
                world.Accepted.Add(result.JobId);
                if (!world.Watch.Jobs.ContainsKey(result.JobId) && !world.MayVanish.Contains(result.JobId))
                    world.Fail("I1", $"job {result.JobId} was accepted and is not there");
            }
            return true;
        }
        catch (Exception error) when (error is InjectedFaultException or PenstockException)
        {
            return false; // Stored or not: the next asking finds out.
        }
    }

    private NewJob Make()
    {
        NewJob job = random.Next(20) switch
        {
            0 or 1 => new NewJob("sim.fan", PayloadJson.Write(MakeFan())),
            2 => new NewJob("sim.family", PayloadJson.Write(new FamilyOperation.Payload(Enumerable.Range(0, random.Next(4)).Select(_ => Script(Acts, LastActs)).ToList()))),
            3 => Step("sim.single"),
            4 => Step("sim.pair"),
            5 => Step("sim.fragile"),
            6 => Step("sim.timed"),
            13 or 14 or 15 => new NewJob("sim.flow", PayloadJson.Write(MakeFlow())),
            7 when random.Next(3) == 0 => Step("sim.retired"),
            8 => Step("sim.gpu"),
            9 => Step("sim.both") with { Resources = random.Next(3) == 0 ? new Dictionary<string, int> { ["licence"] = 3 } : null },
            10 => Step("sim.service"),
            11 or 17 => Step("sim.keyed") with { ConcurrencyKey = random.Next(6) == 0 ? null : random.Next(4) == 0 ? "k1" : "k0" },
            12 => Step("sim.rated") with { Resources = random.Next(3) == 0 ? new Dictionary<string, int> { ["licence"] = 1 } : null },
            16 => Step("sim.sealed"),
            _ => Step("sim.step"),
        };
        return Tied(job with
        {
            Priority = random.Next(4) == 0 ? random.Next(-2, 3) : 0,
            Delay = random.Next(5) == 0 ? TimeSpan.FromMilliseconds(random.Next(20_000)) : null,
            IdempotencyKey = random.Next(3) == 0 ? string.Create(CultureInfo.InvariantCulture, $"{process.Name}:{(random.Next(4) == 0 ? _keys : ++_keys)}") : null,
        });
    }

    /// <summary>At times behind other jobs, or under a unique key that others want too.</summary>
    private NewJob Tied(NewJob job)
    {
        if (random.Next(4) == 0)
            job = job with { UniqueKey = string.Create(CultureInfo.InvariantCulture, $"unique-{random.Next(4)}") };
        List<Guid> others = [.. world.Accepted];
        if (random.Next(3) > 0 || others.Count == 0)
            return job;
        job = job with
        {
            Id = _ids.NewId(),
            // The newest are the ones that may still be open.
            DependsOn = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => others[Math.Max(others.Count - 1 - random.Next(6), 0)]).Distinct()],
            OnDependencyFailure = (DependencyFailurePolicy)random.Next(3),
        };
        world.Watch.Flow.Declared[job.Id!.Value] = (job.DependsOn, job.OnDependencyFailure);
        return job;
    }

    private FlowOperation.Payload MakeFlow() => new(
        [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => FlowAct())], Script(Acts, LastActs));

    private string FlowAct()
    {
        // Never 0: a wait without time is decided at its first look and leaves nothing behind for the watch to judge it by.
        string seconds = string.Create(CultureInfo.InvariantCulture, $"{random.Next(1, 20_000) / 1_000.0}");
        return random.Next(12) switch
        {
            0 or 1 or 2 or 3 => $"step:{(random.Next(2) == 0 ? "0" : seconds)}",
            4 or 5 => $"sleep:{seconds}",
            6 => $"signal:{Signaller.Pooled(random)}:{seconds}",
            7 => $"own:{seconds}",
            8 => $"ever:{Signaller.Everlasting(random)}",
            9 => $"children:{random.Next(4)}",
            10 => "fail",
            _ => "kill",
        };
    }

    private NewJob Step(string operation) =>
        new(operation, PayloadJson.Write(new ScriptedOperation.Payload(Script(Acts, LastActs))));

    private FanOperation.Payload MakeFan()
    {
        List<FanScript> items = Enumerable.Range(0, random.Next(8))
            .Select(_ => new FanScript(Script(ItemActs, LastItemActs), Script(ItemActs, LastItemActs), random.Next(6) == 0 ? 1 : 0)).ToList();
        return new FanOperation.Payload(items, random.Next(3) switch { 0 => 0, 1 => 0.5, _ => 1 }, random.Next(2) == 0);
    }

    private List<string> Script(string[] acts, string[] lastActs)
    {
        List<string> script = [.. Enumerable.Range(0, random.Next(3)).Select(_ => acts[random.Next(acts.Length)])];
        script.Add(lastActs[random.Next(lastActs.Length)]);
        return script;
    }
}
