using System.Text.Json;

namespace Penstock.Client.Schedules;

/// <summary>A schedule: what is enqueued by the clock, when, and how it stands.</summary>
public sealed record ScheduleView
{
    public required string Name { get; init; }
    public required string Operation { get; init; }
    public required JsonElement Payload { get; init; }

    /// <summary>Null: the operation's own queue.</summary>
    public string? QueueName { get; init; }
    public int Priority { get; init; }

    /// <summary>Five fields, a nickname such as <c>@daily</c>, or an interval such as <c>@every 15m</c>.</summary>
    public required string Cron { get; init; }

    /// <summary>Whose wall clock the expression means: an IANA name, or UTC.</summary>
    public required string TimeZone { get; init; }

    /// <summary><c>fire_once</c>, <c>skip</c> or <c>catch_up</c>: what becomes of slots that passed while no scheduler ran.</summary>
    public required string Misfire { get; init; }
    public int CatchUpMax { get; init; }
    public double JitterSeconds { get; init; }

    /// <summary><c>declared</c> by the program or its penstock.yaml, or made over the <c>api</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>The next slot; in the past if the scheduler is behind, null while it is paused.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The same on the wall clock of the time zone, with its offset: <c>2026-03-29T03:00:00+02:00</c>.</summary>
    public string? NextLocal { get; init; }

    /// <summary>The newest slot settled, by a job or by the misfire policy.</summary>
    public DateTimeOffset? LastSlotAt { get; init; }
    public Guid? LastJobId { get; init; }
    public string? LastJobStatus { get; init; }
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Who paused it; <c>undeclared</c>: the program that declared it no longer does.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Why it can make no job at the moment.</summary>
    public string? ErrorMessage { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
}
