namespace Penstock.Client.Health;

/// <summary>Whether the system can take and run jobs.</summary>
/// <param name="Status"><c>ready</c> or <c>not_ready</c>.</param>
public sealed record ReadinessView(string Status, IReadOnlyList<HealthCheckView> Checks);
