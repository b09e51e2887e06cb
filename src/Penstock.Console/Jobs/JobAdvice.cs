using Penstock.Client.Jobs;

namespace Penstock.Console.Jobs;

/// <summary>What the state of a job means for its reader, and what they can do; null where nothing needs saying.</summary>
internal static class JobAdvice
{
    public static string? Of(JobView job, DateTimeOffset now, int deadLetters) => job.Status switch
    {
        "queued" when job.WaitingFor == "sleep" => "It sleeps, holds no slot, and goes on by itself.",
        "queued" when job.WaitingFor == "signal" => "It waits for a signal and holds no slot meanwhile.",
        "queued" when job.WaitingFor == "dependencies" => "It is blocked until the jobs below have ended.",
        "queued" when job.RunAt > now && job.ErrorCode is not null =>
            $"Attempt {job.Attempt} of {job.MaxAttempts} failed; the next one starts by itself.",
        "queued" when job.RunAt > now => "It waits for its time.",
        "running" when job.WaitingFor == "batch" => "Its batch is being worked off; it ends with the last item.",
        "running" when job.WaitingFor == "children" => "It waits for its children to end.",
        "running" when job.WaitingFor is { } other => $"It waits for {other}.",
        "failed" when job.WaitingFor is null && deadLetters > 0 =>
            "It is out of attempts and kept as a dead letter. Remove the cause, then send it again: it starts with a fresh set of attempts.",
        "failed" => "It ended with an error. Remove the cause, then enqueue it again with the payload below.",
        _ => null,
    };
}
