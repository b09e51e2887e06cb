namespace Penstock.Client.Health;

/// <summary>Whether the process answers.</summary>
/// <param name="Status"><c>ok</c>.</param>
public sealed record HealthView(string Status);
