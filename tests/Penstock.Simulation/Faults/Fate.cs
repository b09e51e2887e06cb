using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;

namespace Penstock.Simulation.Faults;

/// <summary>What befalls whole processes: pauses, deaths, lost lines, an orderly end; and outages of the store.</summary>
internal sealed class Fate(World world, Random random)
{
    public async Task RunAsync()
    {
        double patience = random.Next(4, 40);
        bool[] allowed = [.. Enumerable.Range(0, 6).Select(_ => random.Next(3) > 0)];
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + random.NextDouble() * patience), world.Time);
            if (!world.Faults.IsOn)
                return;
            List<WorkerNode> alive = world.Workers.FindAll(w => w.Process.State == ProcessState.Running && !w.IsDraining);
            int what = random.Next(6);
            if (alive.Count == 0 || !allowed[what])
                continue;
            Strike(what, alive[random.Next(alive.Count)]);
        }
    }

    private void Strike(int what, WorkerNode worker)
    {
        TimeSpan length = TimeSpan.FromSeconds(random.Next(2) == 0 ? random.Next(1, 14) : random.Next(15, 40));
        switch (what)
        {
            case 0:
                world.Kill(worker.Process);
                break;
            case 1:
                world.Trace.Write(worker.Process.Name, $"is cut off by errors for {length.TotalSeconds} s");
                world.Faults.CutOff(worker.Process, length, hangs: false);
                break;
            case 2:
                world.Trace.Write(worker.Process.Name, $"is cut off by silence for {length.TotalSeconds} s");
                world.Faults.CutOff(worker.Process, length, hangs: true);
                break;
            case 3:
                world.Trace.Write("store", $"is out for {length.TotalSeconds} s");
                world.Faults.BeginOutage(length);
                break;
            case 4:
                world.Trace.Write(worker.Process.Name, "drains");
                world.Faults.Count(FaultKind.Drain);
                worker.Drain();
                _ = FollowAsync(worker);
                if (random.Next(2) == 0)
                    _ = HurryAsync(worker, length);
                world.NewWorker([]);
                break;
            default:
                world.Trace.Write(worker.Process.Name, $"sleeps for {length.TotalSeconds} s");
                world.Faults.Count(FaultKind.Pause);
                world.Scheduler.Freeze(worker.Process);
                _ = ThawAsync(worker.Process, length);
                break;
        }
    }

    private async Task ThawAsync(SimulatedProcess process, TimeSpan length)
    {
        await Task.Delay(length, world.Time);
        world.Trace.Write(process.Name, "wakes");
        world.Scheduler.Thaw(process);
    }

    private async Task HurryAsync(WorkerNode worker, TimeSpan after)
    {
        await Task.Delay(after, world.Time);
        worker.ReleaseNow();
    }

    // A process that has drained exits.
    private async Task FollowAsync(WorkerNode worker)
    {
        await worker.Running;
        world.Trace.Write(worker.Process.Name, "has drained");
        world.Scheduler.Kill(worker.Process);
    }
}
