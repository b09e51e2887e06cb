namespace Penstock.Simulation.Invariants;

/// <summary>A job as its history tells it: built from its events alone, then compared with its row.</summary>
internal sealed class JobMirror(Guid id, long seq)
{
    public Guid Id { get; } = id;
    public long Seq { get; } = seq;
    public string QueueName { get; init; } = "";
    public string Operation { get; init; } = "";
    public int MaxAttempts { get; init; }
    public bool IsChild { get; init; }
    public int Priority { get; set; }

    // As the row says.
    public string Status { get; set; } = "queued";
    public long Fence { get; set; }
    public int Attempt { get; set; }

    /// <summary>Changes of its priority of which no event has told yet.</summary>
    public int UntoldMoves { get; set; }

    // As the events say.
    public string Told { get; private set; } = "new";
    public TimeSpan? StartedAt { get; private set; }
    public TimeSpan LastEventAt { get; private set; }
    public TimeSpan EndedAt { get; private set; }
    public int Failures { get; private set; }
    public int Deaths { get; private set; }
    public int Redrives { get; private set; }

    /// <summary>Takes in one event.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public Violation? Take(string name, TimeSpan at, TimeSpan reaperTimeout, TimeSpan reaperStall)
    {
        string before = Told;
        TimeSpan silent = at - LastEventAt;
        LastEventAt = at;
        string? after = Next(before, name);
        if (after is null)
            return new Violation(IsTerminal(before) ? "I4" : "I14", $"job {Id}: event {name} after it was {before}");
        Told = after;
        if (IsTerminal(after))
            EndedAt = at;
        return Count(name, at, silent, reaperTimeout, reaperStall);
    }

    private static bool IsTerminal(string told) => told is "succeeded" or "failed" or "cancelled";

    /// <summary>The state after an event; null: this event must not come now.</summary>
    private static string? Next(string told, string name) => (told, name) switch
    {
        ("new", "job.created") => "queued",
        ("queued" or "lost", "job.started") => "running",
        ("running", "job.dispatched") => "waiting",
        ("running" or "waiting", "job.succeeded") => "succeeded",
        ("running" or "waiting" or "lost", "job.failed") => "failed",
        ("running" or "waiting", "job.timeout") => "failed",
        ("running", "job.sleeping" or "job.awaits_signal" or "job.awaits_children") => "queued",
        ("queued", "job.unblocked") => "queued",
        ("running", "job.attempt_failed" or "job.retry_later" or "job.released") => "queued",
        ("running", "job.lost") => "lost",
        ("queued" or "lost" or "running" or "waiting", "job.cancelled") => "cancelled",
        ("failed", "job.redriven") => "queued",
        ("failed" or "succeeded" or "cancelled", "job.requeued") => "queued",
        ("failed" or "succeeded", "job.reopened") => "waiting",
        ("queued" or "lost", "job.reprioritised") => told,
        _ when name.StartsWith("job.", StringComparison.Ordinal) => null,
        _ when name.StartsWith("sim.", StringComparison.Ordinal) => told == "running" ? told : null,
        _ => told, // child.*, batch.*: about others.
    };

    private Violation? Count(string name, TimeSpan at, TimeSpan silent, TimeSpan reaperTimeout, TimeSpan reaperStall)
    {
        switch (name)
        {
            case "job.started":
                StartedAt = at;
                break;
            case "job.attempt_failed" or "job.failed":
                Failures += Told == "queued" ? 1 : 0;
                if (Failures >= MaxAttempts)
                    return new Violation("I7", $"job {Id}: failure {Failures} of {MaxAttempts} and it is tried again");
                break;
            case "job.lost":
                if (++Deaths > World.MaxDeaths)
                    return new Violation("I7", $"job {Id}: outlived {Deaths} workers; {World.MaxDeaths} are allowed");
                break;
            case "job.redriven" or "job.requeued":
                (Failures, Deaths, Redrives) = (0, 0, Redrives + 1);
                break;
            case "job.reopened":
                Redrives++;
                break;
            case "job.reprioritised":
                UntoldMoves--;
                break;
            case "job.timeout":
                if (silent <= reaperStall)
                    return new Violation("I15", $"job {Id}: reaped although it wrote an event {silent.TotalSeconds:0.###} s before");
                if (at - StartedAt < reaperTimeout)
                    return new Violation("I15", $"job {Id}: reaped after {(at - StartedAt)?.TotalSeconds:0.###} s");
                break;
            default:
                break;
        }
        return null;
    }

    /// <summary>Whether row and history say the same.</summary>
    public bool Agrees => UntoldMoves == 0 && Status == Told switch { "lost" => "queued", "waiting" => "running", _ => Told };
}
