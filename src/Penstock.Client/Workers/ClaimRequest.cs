using System.Text.Json;
using System.Text.Json.Serialization;

namespace Penstock.Client.Workers;

/// <summary>A worker asks for units.</summary>
public sealed record ClaimRequest
{
    /// <summary>Units to take at most, 1 to 1000.</summary>
    public int Limit { get; init; } = 1;

    /// <summary>With none ready, wait this long for one; 0 to 30.</summary>
    public double WaitSeconds { get; init; }

    /// <summary>Keys of all units the worker holds. Any other that it holds in the store goes back: the answer that gave it was lost.</summary>
    public IReadOnlyList<string> Holding { get; init; } = [];
}

/// <summary>One unit to run.</summary>
/// <param name="Unit">Its key in all further calls; it holds for this execution only.</param>
/// <param name="Kind"><c>job</c>, or <c>item</c> of the batch of job <see cref="JobId"/>.</param>
/// <param name="Attempt">Counted from 1; grows with every execution.</param>
/// <param name="MaxAttempts">Failures after which it becomes a dead letter; null for items.</param>
/// <param name="TimeoutSeconds">The worker ends an attempt that runs longer and finishes it as failed; null: no limit.</param>
public sealed record ClaimedUnit(
    string Unit, string Kind, Guid JobId, int? ItemIndex, string Operation, string QueueName, int Attempt, int? MaxAttempts,
    [property: JsonConverter(typeof(UnmaskedJsonConverter))] JsonElement Payload, double? TimeoutSeconds);
