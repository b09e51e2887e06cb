using Penstock.Engine.Operations;

namespace Penstock.Server.Workspaces.Configuration;

/// <summary>One entry of <c>queues</c>: overrides what a pipeline declared for the name, or declares a queue of one's own.</summary>
/// <param name="MaxRunning">Units that may run at once over all workers; null: no limit.</param>
/// <param name="OnLost"><c>requeue</c> or <c>fail</c>: what becomes of a job whose worker died.</param>
public sealed record QueueSettings(string Name, int? MaxRunning, string OnLost)
{
    /// <summary>Jobs with the same concurrency key that may run at once; null: no limit.</summary>
    public int? MaxRunningPerKey { get; init; }

    /// <summary>Starts of all its units; null: no limit.</summary>
    public RateLimit? Rate { get; init; }

    /// <summary>Starts of jobs with the same concurrency key; null: no limit.</summary>
    public RateLimit? RatePerKey { get; init; }

    /// <summary><c>immutable</c> or <c>requeueable</c>: whether an operator may run succeeded and cancelled jobs again.</summary>
    public string Finished { get; init; } = "immutable";
}
