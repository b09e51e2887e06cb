using System.ComponentModel.DataAnnotations;

namespace Penstock.Ops.Health;

/// <summary>What readiness asks of the machine.</summary>
public sealed class HealthOptions
{
    /// <summary>The folder of the database and the artifacts.</summary>
    [Required]
    public string DataFolder { get; set; } = "";

    /// <summary>Less free space than this is not ready. Default 64 MiB.</summary>
    [Range(0, long.MaxValue)]
    public long FreeBytesMin { get; set; } = 64L << 20;

    /// <summary>A check that takes longer counts as failed. Default 5 s.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
