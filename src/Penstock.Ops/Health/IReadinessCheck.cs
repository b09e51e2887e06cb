using Penstock.Client.Health;

namespace Penstock.Ops.Health;

/// <summary>One thing the system needs to take and run jobs.</summary>
public interface IReadinessCheck
{
    string Name { get; }

    /// <summary>Never throws for what it checks; a failure is its answer.</summary>
    Task<HealthCheckView> CheckAsync(CancellationToken cancellationToken);
}
