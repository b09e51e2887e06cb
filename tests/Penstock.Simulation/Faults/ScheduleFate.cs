using Penstock.Simulation.Workload;

namespace Penstock.Simulation.Faults;

/// <summary>What befalls the schedulers: sleep beyond their lease, deaths, clocks that are set, and nights in which none is awake.</summary>
internal sealed class ScheduleFate(World world, Random random)
{
    /// <summary>Longest time a process is cut off from the store.</summary>
    public static readonly TimeSpan HangMax = TimeSpan.FromSeconds(60);

    public async Task RunAsync(int strikes)
    {
        for (int i = 0; i < strikes; i++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + random.Next(30)), world.Time);
            if (!world.Faults.IsOn)
                continue;
            SchedulerNode node = world.Schedulers[random.Next(world.Schedulers.Count)];
            TimeSpan length = TimeSpan.FromSeconds(random.Next(3) switch { 0 => random.Next(1, 20), 1 => random.Next(20, 70), _ => random.Next(70, 240) });
            switch (random.Next(5))
            {
                case 0:
                    await SleepAsync([node], length);
                    break;
                case 1:
                    await SleepAsync(world.Schedulers, length);
                    break;
                case 2:
                    world.Trace.Write(node.Process.Name, "is killed");
                    world.Faults.Count(FaultKind.Death);
                    world.Scheduler.Kill(node.Process);
                    world.Schedulers.Remove(node);
                    await Task.Delay(TimeSpan.FromSeconds(random.Next(5)), world.Time);
                    world.NewScheduler();
                    break;
                case 3:
                    // A call that hangs goes on hanging in the calm: no longer than that waits.
                    world.Faults.CutOff(node.Process, length > HangMax ? HangMax : length, hangs: random.Next(2) == 0);
                    break;
                default:
                    node.Process.Skew = TimeSpan.FromSeconds(random.Next(3) == 0 ? 0 : random.Next(-300, 300));
                    world.Trace.Write(node.Process.Name, $"has its clock set: {node.Process.Skew.TotalSeconds:0} s off");
                    world.Faults.Count(FaultKind.ClockSet);
                    break;
            }
        }
    }

    private async Task SleepAsync(IEnumerable<SchedulerNode> nodes, TimeSpan length)
    {
        foreach (SchedulerNode node in nodes)
        {
            world.Trace.Write(node.Process.Name, $"sleeps for {length.TotalSeconds} s");
            world.Faults.Count(FaultKind.Pause);
            world.Scheduler.Freeze(node.Process);
        }
        await Task.Delay(length, world.Time);
        foreach (SchedulerNode node in world.Schedulers)
            world.Scheduler.Thaw(node.Process);
    }
}
