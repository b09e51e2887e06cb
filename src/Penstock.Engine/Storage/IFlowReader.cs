using Penstock.Engine.Jobs;

namespace Penstock.Engine.Storage;

/// <summary>What hangs on jobs besides their rows, for people and programs that look at them.</summary>
public interface IFlowReader
{
    /// <summary>Steps, dependencies, dependents and awaited signals of a job; bounded parts of each.</summary>
    Task<JobFlow> FlowAsync(Guid jobId, CancellationToken cancellationToken);

    /// <returns>Null: the job has no such step.</returns>
    Task<StepState?> FindStepAsync(Guid jobId, string name, CancellationToken cancellationToken);

    /// <summary>A job and what follows from it, breadth first.</summary>
    /// <param name="limit">Most jobs to show.</param>
    Task<JobTree> TreeAsync(Guid jobId, int limit, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<SignalState>> SignalsAsync(SignalFilter filter, CancellationToken cancellationToken);
    Task<SignalState?> FindSignalAsync(string name, CancellationToken cancellationToken);
}

/// <param name="Steps">Oldest first; long outputs are left out.</param>
public sealed record JobFlow(
    IReadOnlyList<StepState> Steps, IReadOnlyList<DependencyState> DependsOn, IReadOnlyList<DependencyState> Dependents,
    IReadOnlyList<SignalWaitState> Signals);

/// <param name="Output">JSON text; null: left out because it is long.</param>
public sealed record StepState(
    string Name, StepKind Kind, StepOutcome Outcome, string? Output, int OutputLength, int Attempt, DateTimeOffset FinishedAt,
    TimeSpan Duration);

/// <param name="JobId">The job at the other end.</param>
/// <param name="Operation">Null: it was deleted.</param>
/// <param name="Step">Empty: a dependency given at enqueue.</param>
public sealed record DependencyState(
    Guid JobId, string? Operation, JobStatus? Status, string OnFailure, string Step, DateTimeOffset? ResolvedAt, string? Resolution);

public sealed record SignalWaitState(string Name, string Step, DateTimeOffset Since, DateTimeOffset? Deadline);

/// <param name="Waiting">Jobs that have not looked at it yet.</param>
public sealed record SignalState(string Name, string Payload, DateTimeOffset SentAt, string? SentBy, int Waiting);

/// <param name="Prefix">Only names that begin so.</param>
public sealed record SignalFilter(string? Prefix = null, int Limit = 50, int Offset = 0);

/// <param name="Truncated">There are more.</param>
public sealed record JobTree(IReadOnlyList<Job> Jobs, IReadOnlyList<JobEdge> Edges, bool Truncated);

/// <param name="IsChild">False: it depends on the other.</param>
public sealed record JobEdge(Guid From, Guid To, bool IsChild);
