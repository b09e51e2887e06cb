using System.Text.Json;

namespace Penstock.Client.Schedules;

/// <summary>What a schedule is to be; what is left out takes its default.</summary>
/// <param name="Operation">Registered name.</param>
/// <param name="Cron">Five fields, a nickname such as <c>@daily</c>, or an interval such as <c>@every 15m</c>.</param>
public sealed record ScheduleRequest(string Operation, string Cron)
{
    /// <summary>A JSON object; absent: {}.</summary>
    public JsonElement? Payload { get; init; }

    /// <summary>Absent: the operation's own queue.</summary>
    public string? QueueName { get; init; }

    /// <summary>Higher runs first; -1000 to 1000.</summary>
    public int Priority { get; init; }

    /// <summary>An IANA name such as Europe/Berlin; absent: UTC.</summary>
    public string? TimeZone { get; init; }

    /// <summary><c>fire_once</c> (default), <c>skip</c> or <c>catch_up</c>.</summary>
    public string? Misfire { get; init; }

    /// <summary>With catch_up: the newest missed slots that still run, 1 to 1000; absent: 10.</summary>
    public int? CatchUpMax { get; init; }

    /// <summary>Each job starts up to this much later; 0 to 86400.</summary>
    public double JitterSeconds { get; init; }
}
