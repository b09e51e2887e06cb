namespace Penstock.Client.Health;

/// <summary>One thing readiness depends on.</summary>
/// <param name="Name"><c>database</c>, <c>schema</c>, <c>workers</c> or <c>disk</c>.</param>
/// <param name="Detail">What was found, and what to do where it is not ready.</param>
public sealed record HealthCheckView(string Name, bool Ready, string Detail);
