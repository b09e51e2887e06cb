using Penstock.Engine.Operations;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One entry of <c>resources</c>: something of which only so much can be in use at once.</summary>
public sealed record ResourceSettings(string Name, int Capacity)
{
    /// <summary>Starts of what needs it; null: no limit.</summary>
    public RateLimit? Rate { get; init; }
}
