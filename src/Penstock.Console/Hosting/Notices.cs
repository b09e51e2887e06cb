namespace Penstock.Console.Hosting;

/// <summary>What a form did, named in the address of the page that follows. Only these texts are ever shown.</summary>
internal static class Notices
{
    public const string JobCancelled = "job-cancelled";
    public const string JobWasOver = "job-was-over";
    public const string JobRedriven = "job-redriven";
    public const string JobPrioritised = "job-prioritised";
    public const string JobDeleted = "job-deleted";
    public const string JobEnqueued = "job-enqueued";
    public const string DeadLetterRedriven = "dead-letter-redriven";
    public const string ScheduleSet = "schedule-set";
    public const string SchedulePaused = "schedule-paused";
    public const string ScheduleResumed = "schedule-resumed";
    public const string ScheduleRemoved = "schedule-removed";
    public const string DeadLetterReviewed = "dead-letter-reviewed";
    public const string DeadLetterEdited = "dead-letter-edited";
    public const string DeadLetterArchived = "dead-letter-archived";
    public const string DeadLetterReopened = "dead-letter-reopened";
    public const string JobUnblocked = "job-unblocked";
    public const string SignalSent = "signal-sent";
    public const string SignalStands = "signal-stands";
    public const string JobRequeued = "job-requeued";
    public const string QueuePaused = "queue-paused";
    public const string QueueResumed = "queue-resumed";
    public const string QueuePurged = "queue-purged";
    public const string QueuePrioritised = "queue-prioritised";
    public const string WorkerDrains = "worker-drains";
    public const string QuerySetMade = "query-set-made";
    public const string QuerySetDeleted = "query-set-deleted";
    public const string PredictionSetDeleted = "prediction-set-deleted";
    public const string AnnotationSetDeleted = "annotation-set-deleted";
    public const string ConfigMade = "config-made";
    public const string EvaluationDeleted = "evaluation-deleted";
    public const string SignedOut = "signed-out";
    public const string PasswordChanged = "password-changed";

    private static readonly Dictionary<string, string> Texts = new(StringComparer.Ordinal)
    {
        [JobCancelled] = "The job is cancelled. A running attempt stops within a second and writes nothing more.",
        [JobWasOver] = "The job had ended before, so there was nothing to cancel.",
        [JobRedriven] = "Sent again with a fresh set of attempts.",
        [JobPrioritised] = "The job has its new priority.",
        [JobDeleted] = "The job and its history are deleted.",
        [JobEnqueued] = "The job is in its queue.",
        [DeadLetterRedriven] = "The dead letter is back in its queue of origin.",
        [ScheduleSet] = "The schedule is stored.",
        [SchedulePaused] = "The schedule is paused: it makes no jobs until it is resumed.",
        [ScheduleResumed] = "The schedule goes on with its first slot after now.",
        [ScheduleRemoved] = "The schedule is removed; the jobs it made stay.",
        [DeadLetterReviewed] = "The review is written down.",
        [DeadLetterEdited] = "The payload is changed; sending the letter again uses it.",
        [DeadLetterArchived] = "The dead letter is archived.",
        [DeadLetterReopened] = "The dead letter is pending again.",
        [JobUnblocked] = "The job waits for nothing any more.",
        [SignalSent] = "The signal is sent; the job goes on with it.",
        [SignalStands] = "A signal of this name was sent before, and that one stands.",
        [JobRequeued] = "The job is in its queue once more.",
        [QueuePaused] = "The queue is paused. What runs goes on; nothing more starts until it is resumed.",
        [QueueResumed] = "The queue is open again.",
        [QueuePurged] = "The queued jobs of this queue are cancelled.",
        [QueuePrioritised] = "The queued jobs have their new priority.",
        [WorkerDrains] = "The worker is asked to finish what it has and end. It hears of it with its next heartbeat.",
        [QuerySetMade] = "The sequences are stored as a query set.",
        [QuerySetDeleted] = "The query set is deleted; its sequences stay.",
        [PredictionSetDeleted] = "The prediction set and its predictions are deleted.",
        [AnnotationSetDeleted] = "The annotation set and its annotations are deleted.",
        [ConfigMade] = "The embedding configuration is ready.",
        [EvaluationDeleted] = "The evaluation and its files are deleted.",
        [SignedOut] = "You are signed out.",
        [PasswordChanged] = "Your password is changed.",
    };

    public static string? Find(string? code) => code is null ? null : Texts.GetValueOrDefault(code);
}
