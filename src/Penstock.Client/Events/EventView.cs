using System.Text.Json;

namespace Penstock.Client.Events;

/// <summary>One entry of a job's history.</summary>
/// <param name="Id">Grows with time over all jobs; the cursor of the live stream.</param>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Event"><c>noun.past_verb</c>, such as <c>job.started</c>.</param>
/// <param name="Fields">A JSON object.</param>
public sealed record EventView(
    long Id, Guid JobId, DateTimeOffset Ts, string Level, string Event, string? Message, JsonElement Fields)
{
    /// <summary>Of the job; only in the listing over all jobs, and null there too once the job is deleted.</summary>
    public string? Operation { get; init; }
}
