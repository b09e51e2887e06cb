using Penstock.Simulation.Scheduling;
using Penstock.Simulation.Workload;

namespace Penstock.Simulation.Invariants;

/// <summary>Every execution that lives in some process; two that both believe in their lease on one unit break I3.</summary>
internal sealed class ExecutionWatch(World world)
{
    private readonly List<Execution> _alive = [];

    public long Begun { get; private set; }

    /// <summary>Executions in processes that live.</summary>
    public int Alive => _alive.Count(e => e.Process.IsAlive);

    public IDisposable Begin(
        string unit, Guid jobId, int attempt, SimulatedProcess process, CancellationToken token, out Execution execution)
    {
        if (SynchronizationContext.Current != process)
            world.Fail("X", $"an operation of {process.Name} runs outside of it");
        Execution begun = new(unit, jobId, attempt, process, world.Time.Elapsed, world.Kill, token);
        execution = begun;
        Begun++;
        if (world.Trace.IsOn)
            world.Trace.Write(process.Name, $"  begins {unit} attempt {attempt}");
        foreach (Execution other in _alive)
        {
            if (other.Unit == unit && Live(other) && Live(begun))
                world.Fail("I3", $"{unit} runs in {begun.Process.Name} (attempt {attempt}) while {other.Process.Name} believes in its lease (attempt {other.Attempt})");
        }
        _alive.Add(begun);
        return new End(this, begun);
    }

    // A process that slept past its lease learns of that a moment after it wakes; until then the fence guards, and only it can.
    // A redriven job (reaped before, say) is free to start again while its old attempt is being told.
    private bool Live(Execution execution) =>
        execution.Process.State == ProcessState.Running && execution.Believes
        && !(execution.Process.LastFrozenAt >= execution.StartedAt - World.Lease)
        && !(world.Watch.Jobs.TryGetValue(execution.JobId, out JobMirror? job) && job.Redrives > 0);

    private sealed class End(ExecutionWatch owner, Execution execution) : IDisposable
    {
        public void Dispose() => owner._alive.Remove(execution);
    }
}
