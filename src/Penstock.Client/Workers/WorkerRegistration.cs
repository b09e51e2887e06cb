namespace Penstock.Client.Workers;

/// <summary>A worker in any language that wants to take part.</summary>
/// <param name="Slots">Units it runs at once, 1 to 1024.</param>
/// <param name="Host">Name of its machine, for people: letters, digits, dots and hyphens, 1 to 100.</param>
/// <param name="Pid">Number of its process, for people.</param>
public sealed record WorkerRegistration(int Slots, string Host, int Pid)
{
    /// <summary>Queues it takes from; empty: every queue of external operations.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>For people to tell workers apart; up to 20, each up to 100 characters.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

/// <summary>What the server answers.</summary>
/// <param name="WorkerId">Names the worker in all further calls.</param>
/// <param name="LeaseSeconds">Without a heartbeat for this long its units go to others. After two thirds of it the worker must stop its work.</param>
/// <param name="HeartbeatSeconds">How often to send one at least.</param>
public sealed record RegisteredWorker(string WorkerId, IReadOnlyList<string> Queues, double LeaseSeconds, double HeartbeatSeconds);
