namespace Penstock.Engine.Jobs;

/// <summary>Events the engine itself writes; every change of state has one in the same transaction.</summary>
public static class JobEventNames
{
    public const string Created = "job.created";
    public const string Started = "job.started";
    public const string Dispatched = "job.dispatched";
    public const string Succeeded = "job.succeeded";
    public const string Failed = "job.failed";
    public const string AttemptFailed = "job.attempt_failed";
    public const string RetryLater = "job.retry_later";
    public const string Released = "job.released";
    public const string Lost = "job.lost";
    public const string Cancelled = "job.cancelled";
    public const string TimedOut = "job.timeout";
    public const string Redriven = "job.redriven";
    public const string Requeued = "job.requeued";
    public const string Unblocked = "job.unblocked";
    public const string Reopened = "job.reopened";
    public const string Reprioritised = "job.reprioritised";
    public const string Edited = "job.edited";
    public const string Sleeping = "job.sleeping";
    public const string AwaitsSignal = "job.awaits_signal";
    public const string AwaitsChildren = "job.awaits_children";
    public const string StepCompleted = "step.completed";
    public const string StepTimedOut = "step.timed_out";
    public const string StepFailed = "step.failed";
    public const string ChildFailed = "child.failed";
    public const string ChildRetried = "child.retried";
    public const string ChildRedriven = "child.redriven";
}
