using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Storage;

namespace Penstock.Engine.Operations;

/// <summary>What a running operation knows of its job, and how it tells of its progress.</summary>
public sealed partial class JobContext
{
    private readonly IJobStore _store;
    private readonly JobDrafting _drafting;
    private readonly JobSteps _steps;

    internal JobContext(JobLease lease, IJobStore store, JobDrafting drafting, TimeProvider time)
    {
        Lease = lease;
        _store = store;
        _drafting = drafting;
        _steps = new JobSteps(lease, store);
        Time = time;
    }

    public Guid JobId => Lease.JobId;

    /// <summary>Counted from 1; grows with every execution, whatever its end.</summary>
    public int Attempt => Lease.Attempt;
    public Guid? ParentJobId => Lease.ParentJobId;
    public TimeProvider Time { get; }
    internal JobLease Lease { get; }

    /// <summary>Whether the work must end now, without a pause for tidying up, because another worker may begin the job.</summary>
    internal bool StopsAtOnce => Unit?.StopsAtOnce is true;
    internal Workers.RunningUnit? Unit { get; init; }

    /// <summary>Set when what the operation stores must be encrypted.</summary>
    internal Protection.IPayloadProtector? Protector { get; init; }
    internal bool Seals { get; init; }

    /// <summary>Why this execution ends before its job is done; null: it does not.</summary>
    internal Suspension? Suspension => _steps.Suspension;

    /// <summary>Writes an event to the job's history, visible to everyone when this returns.</summary>
    /// <param name="fields">An object whose public members become the JSON fields, in snake_case.</param>
    /// <exception cref="LeaseLostException">The job is no longer this execution's.</exception>
    public Task EmitAsync(
        string name, object? fields, CancellationToken cancellationToken,
        string? message = null, JobEventLevel level = JobEventLevel.Info) =>
        _store.AppendEventAsync(Lease, new JobEventDraft(name, level, message, fields is null ? "{}" : PayloadJson.Write(fields)), null, cancellationToken);

    /// <summary>Sets the progress of the job, with an event of its own.</summary>
    /// <param name="current">Units done, 0 to <paramref name="total"/>.</param>
    /// <param name="total">Units in all; null while unknown.</param>
    public Task ProgressAsync(
        string name, long current, long? total, object? fields, CancellationToken cancellationToken, string? message = null) =>
        _store.AppendEventAsync(
            Lease, new JobEventDraft(name, JobEventLevel.Info, message, fields is null ? "{}" : PayloadJson.Write(fields)),
            new Progress(current, total), cancellationToken);
}

/// <summary>Units done of units in all.</summary>
public sealed record Progress(long Current, long? Total);
