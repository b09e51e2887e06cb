using Penstock.Engine.Jobs;

namespace Penstock.Engine.Scheduling;

/// <summary>A schedule as the store holds it.</summary>
public sealed record Schedule(ScheduleDefinition Definition)
{
    /// <summary>Declared by the program or its configuration; else made over the API.</summary>
    public required bool IsDeclared { get; init; }

    /// <summary>The next slot to settle; in the past if the scheduler is behind. Null: there is none any more.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>The newest slot settled: its job was made, or the misfire policy dropped it. No slot up to here fires again.</summary>
    public DateTimeOffset? LastSlotAt { get; init; }

    /// <summary>The newest job made, by the clock or by hand.</summary>
    public Guid? LastJobId { get; init; }

    /// <summary>Null: no job yet, or it is past its retention.</summary>
    public JobStatus? LastJobStatus { get; init; }
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>Who paused it; <see cref="Undeclared"/>: the program that declared it no longer does.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Why the last tick could make no job; null: it could.</summary>
    public string? ErrorMessage { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary><see cref="PausedBy"/> of a declared schedule that vanished from the program.</summary>
    public const string Undeclared = "undeclared";

    public string Name => Definition.Name;
}

/// <summary>One job a schedule made.</summary>
/// <param name="Slot">The moment it stands for; for a run by hand the moment it was asked for.</param>
public sealed record ScheduleRun(Job Job, DateTimeOffset Slot, bool ByHand);
