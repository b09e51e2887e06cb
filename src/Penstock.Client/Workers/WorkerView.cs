namespace Penstock.Client.Workers;

/// <summary>A process that takes jobs.</summary>
/// <param name="Slots">Units it runs at once.</param>
/// <param name="State"><c>running</c>, <c>draining</c>, or <c>dead</c> (its heartbeat is older than the lease).</param>
public sealed record WorkerView(
    string Id, string Host, int ProcessId, IReadOnlyList<string> Queues, int Slots, int Busy, string State,
    DateTimeOffset StartedAt, DateTimeOffset HeartbeatAt)
{
    /// <summary><c>process</c>: has the engine in it. <c>http</c>: takes part over the worker protocol.</summary>
    public string Kind { get; init; } = "process";

    /// <summary>As configured, for people to tell workers apart.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Who asked it to drain; null: nobody.</summary>
    public string? DrainRequestedBy { get; init; }
}
