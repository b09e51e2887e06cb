using Penstock.Simulation.Scheduling;

namespace Penstock.Simulation.Workload;

/// <summary>One execution of a unit while it lives in some process.</summary>
internal sealed class Execution(
    string unit, Guid jobId, int attempt, SimulatedProcess process, TimeSpan startedAt, Action<SimulatedProcess> kill,
    CancellationToken token)
{
    public string Unit { get; } = unit;
    public Guid JobId { get; } = jobId;
    public int Attempt { get; } = attempt;
    public SimulatedProcess Process { get; } = process;
    public TimeSpan StartedAt { get; } = startedAt;

    /// <summary>Nobody has told it to stop: it takes the unit for its own.</summary>
    public bool Believes => !token.IsCancellationRequested;

    public void KillProcess() => kill(Process);
}
