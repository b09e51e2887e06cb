using Penstock.Engine;
using Penstock.Engine.Operations;
using Penstock.Engine.Scheduling;
using Penstock.Simulation.Faults;

namespace Penstock.Simulation.Workload;

/// <summary>A person who makes schedules and pauses, resumes, changes and runs them, at any moment.</summary>
internal sealed class ScheduleOperator(World world, Random random)
{
    private static readonly string[] Names = ["s1", "s2", "s3", "s4"];

    /// <summary>Intervals alone: what cron means is tested elsewhere, and the watch can count them by itself.</summary>
    public static ScheduleDefinition Make(string name, Random random) => new(name, "sim.tick", $"@every {random.Next(3, 50)}s")
    {
        Payload = PayloadJson.Write(new ScriptedOperation.Payload(["ok"])),
        Misfire = (MisfirePolicy)random.Next(3),
        CatchUpMax = random.Next(1, 6),
        Jitter = TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(1, 10) : 0),
    };

    public async Task RunAsync(int actions)
    {
        foreach (string name in Names)
            await TryAsync(client => client.SetAsync(Make(name, random), CancellationToken.None));
        for (int i = 0; i < actions; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(random.Next(20)), world.Time);
            string name = random.Next(4) == 0 ? World.DeclaredName : Names[random.Next(Names.Length)];
            await TryAsync(random.Next(6) switch
            {
                0 or 1 => client => client.PauseAsync(name, "operator", CancellationToken.None),
                2 or 3 => client => client.ResumeAsync(name, CancellationToken.None),
                4 => client => client.RunNowAsync(name, "operator", CancellationToken.None),
                _ => client => client.SetAsync(Make(name, random), CancellationToken.None),
            });
        }
    }

    // A process that sleeps would hold the person up: they ask one that is awake.
    private async Task TryAsync(Func<IScheduleClient, Task> act)
    {
        SchedulerNode? node = world.Schedulers.Find(n => n.Process.State == Scheduling.ProcessState.Running);
        if (node is null)
            return;
        try
        {
            await node.Process.Start(() => act(node.Client)).WaitAsync(TimeSpan.FromSeconds(10), world.Time);
        }
        catch (Exception error) when (error is InjectedFaultException or PenstockException or TimeoutException)
        {
            world.Trace.Write("schedule-operator", error.Message.Split('\n')[0]); // The store was away, it was refused, or no answer came.
        }
    }
}
