using static Penstock.Engine.Jobs.JobStatus;

namespace Penstock.Engine.Jobs;

/// <summary>What each event of the engine says, and which change of status it stands for. The reference and the state machine are made from it.</summary>
public static class JobEventCatalog
{
    public static IReadOnlyList<JobEventDescription> All { get; } =
    [
        Of(JobEventNames.Created, "the caller", "The job exists.", (null, Queued)),
        Of(JobEventNames.Unblocked, "the engine", "What the job waited for has come; it may be claimed.", (Queued, Queued)),
        Of(JobEventNames.Reprioritised, "a person", "It has another place in its queue.", (Queued, Queued), (Running, Running)),
        Of(
            JobEventNames.Edited, "a person, in SQL", "Something else of it was changed; the fields name the columns.",
            (Queued, Queued), (Running, Running), (Succeeded, Succeeded), (Failed, Failed), (Cancelled, Cancelled)),
        Of(JobEventNames.Started, "a worker", "An attempt began: the job was claimed under a new fence.", (Queued, Running)),
        Of(JobEventNames.Dispatched, "the worker", "The operation handed its work to items or child jobs; the job stays running until they are done.", (Running, Running)),
        Of(JobEventNames.StepCompleted, "the worker", "A step's result is stored; later attempts take it from there.", (Running, Running)),
        Of(JobEventNames.StepTimedOut, "the worker", "A step waited for a signal longer than it may.", (Running, Running)),
        Of(JobEventNames.StepFailed, "the worker", "A step is stored as failed, such as one that awaited children.", (Running, Running)),
        Of(JobEventNames.Succeeded, "the worker, the engine for a parent, or a person in SQL", "The operation returned, or the last item or child was done.", (Running, Succeeded), (Queued, Succeeded)),
        Of(
            JobEventNames.Failed, "the worker, the engine, or a person in SQL", "The last attempt failed, an error cannot be mended by a retry, a batch failed, or too many workers died of it; a dead letter keeps it.",
            (Running, Failed), (Queued, Failed)),
        Of(JobEventNames.TimedOut, "the reaper", "It ran too long and was silent too long.", (Running, Failed)),
        Of(JobEventNames.AttemptFailed, "the worker", "The attempt failed; another follows at the given time.", (Running, Queued)),
        Of(JobEventNames.RetryLater, "the worker", "A snooze: the operation asked to come back later. Spends no attempt.", (Running, Queued)),
        Of(JobEventNames.Sleeping, "the worker", "The operation sleeps until an instant and holds no slot meanwhile.", (Running, Queued)),
        Of(JobEventNames.AwaitsSignal, "the worker", "The operation waits for a signal and holds no slot meanwhile.", (Running, Queued)),
        Of(JobEventNames.AwaitsChildren, "the worker", "The operation waits for child jobs and holds no slot meanwhile.", (Running, Queued)),
        Of(JobEventNames.Released, "the worker, recovery, or a person in SQL", "Given back unfinished by a worker that stops, or claimed by a dead worker that had not begun it.", (Running, Queued)),
        Of(JobEventNames.Lost, "recovery", "Its worker died.", (Running, Queued), (Running, Failed)),
        Of(JobEventNames.Cancelled, "a person, or a parent's end", "Stopped for good; a running attempt is told within a second.", (Queued, Cancelled), (Running, Cancelled)),
        Of(JobEventNames.Redriven, "a person", "Its dead letter was sent again, with a fresh set of attempts.", (Failed, Queued)),
        Of(JobEventNames.Requeued, "a person", "Finished work sent again from its beginning, where the queue allows it.", (Succeeded, Queued), (Failed, Queued), (Cancelled, Queued)),
        Of(JobEventNames.Reopened, "a person", "One of its items was sent again, so the batch is open again.", (Failed, Running), (Succeeded, Running)),
        Of(JobEventNames.ChildFailed, "the worker", "An item or child of this job failed for good."),
        Of(JobEventNames.ChildRetried, "the worker", "An item of this job failed and is tried again."),
        Of(JobEventNames.ChildRedriven, "a person", "An item of this job was sent again."),
    ];

    private static readonly HashSet<(JobStatus?, JobStatus)> Moves = [.. All.SelectMany(e => e.Moves)];

    /// <summary>Whether any event takes a job from one status to the other; <paramref name="from"/> null: the job is new.</summary>
    public static bool IsAllowed(JobStatus? from, JobStatus to) => Moves.Contains((from, to));

    private static JobEventDescription Of(string name, string by, string meaning, params (JobStatus?, JobStatus)[] moves) => new(name, by, meaning, moves);
}

/// <param name="By">Who writes it.</param>
/// <param name="Moves">From which status to which; empty: it tells of another unit and changes nothing of this job.</param>
public sealed record JobEventDescription(string Name, string By, string Meaning, IReadOnlyList<(JobStatus? From, JobStatus To)> Moves);
