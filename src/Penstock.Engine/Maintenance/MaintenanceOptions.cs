using System.ComponentModel.DataAnnotations;

namespace Penstock.Engine.Maintenance;

/// <summary>The reaper's thresholds. Section <c>reaper</c> of penstock.yaml.</summary>
public sealed class ReaperOptions
{
    /// <summary>A job that runs longer than this is a candidate. Default 21600 s (6 h).</summary>
    [Range(1, 31_536_000)]
    public int MainTimeoutSeconds { get; set; } = 21_600;

    /// <summary>A candidate that wrote an event within this is alive and skipped. Default 1800 s (30 min).</summary>
    [Range(1, 31_536_000)]
    public int StallSeconds { get; set; } = 1_800;

    /// <summary>Between two cycles. Default 60 s.</summary>
    [Range(1, 86_400)]
    public int IntervalSeconds { get; set; } = 60;
}

/// <summary>How long finished jobs are kept. Section <c>retention</c> of penstock.yaml.</summary>
public sealed class RetentionOptions
{
    /// <summary>Days after their end; 0 keeps them for ever. Default 30.</summary>
    [Range(0, 36_500)]
    public int FinishedDays { get; set; } = 30;
}
