namespace Penstock.Engine.Storage;

/// <summary>The right to run one unit, guarded by the fence of its claim.</summary>
/// <param name="Seq">The store's short key of the unit.</param>
public abstract record UnitLease(long Seq, string WorkerId, long Fence, int Attempt, string Operation, string QueueName, string Payload, DateTimeOffset ClaimedAt)
{
    public abstract string Unit { get; }

    /// <summary>It holds resources, which others may wait for.</summary>
    public bool HoldsResources { get; init; }
}

/// <summary>A claimed job.</summary>
/// <param name="Failures">Failures before this attempt; what the retry policy counts.</param>
/// <param name="Retries">Snoozes before this attempt.</param>
public sealed record JobLease(
    Guid JobId, long Seq, string WorkerId, long Fence, int Attempt, string Operation, string QueueName, string Payload,
    DateTimeOffset ClaimedAt, int MaxAttempts, int Failures, int Retries, Guid? ParentJobId, TimeSpan? Timeout)
    : UnitLease(Seq, WorkerId, Fence, Attempt, Operation, QueueName, Payload, ClaimedAt)
{
    public override string Unit => $"job {JobId}";

    /// <summary>Earlier executions stored steps.</summary>
    public bool HasSteps { get; init; }
}

/// <summary>A claimed item of a batch.</summary>
public sealed record ItemLease(
    Guid ParentJobId, int Stage, int ItemIndex, long Seq, string WorkerId, long Fence, int Attempt, string Operation,
    string QueueName, string Payload, DateTimeOffset ClaimedAt, int Failures, int Retries)
    : UnitLease(Seq, WorkerId, Fence, Attempt, Operation, QueueName, Payload, ClaimedAt)
{
    public override string Unit => $"item {ItemIndex} of job {ParentJobId}";
}
