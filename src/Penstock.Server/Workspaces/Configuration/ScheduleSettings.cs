namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One entry of <c>schedules</c>: a job by the clock.</summary>
public sealed record ScheduleSettings(string Name, string Operation, string Cron)
{
    public string TimeZone { get; init; } = "UTC";

    /// <summary>JSON object text.</summary>
    public string Payload { get; init; } = "{}";
    public string? QueueName { get; init; }
    public int Priority { get; init; }

    /// <summary><c>fire_once</c>, <c>skip</c> or <c>catch_up</c>.</summary>
    public string Misfire { get; init; } = "fire_once";
    public int CatchUpMax { get; init; } = 10;
    public double JitterSeconds { get; init; }
}
