namespace Penstock.Engine.Jobs;

/// <summary>One entry of a job's append-only history.</summary>
/// <param name="Id">Grows with time over the whole store; the cursor of every listing and live stream.</param>
/// <param name="Name"><c>noun.past_verb</c>: see <see cref="JobEventNames"/>; operations add their own.</param>
/// <param name="Fields">JSON object text.</param>
public sealed record JobEvent(
    long Id, Guid JobId, DateTimeOffset At, JobEventLevel Level, string Name, string? Message, string Fields);

public enum JobEventLevel
{
    Info,
    Warning,
    Error,
}
