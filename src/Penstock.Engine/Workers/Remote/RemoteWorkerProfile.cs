namespace Penstock.Engine.Workers.Remote;

/// <summary>What a remote worker says of itself.</summary>
/// <param name="Queues">Empty: every queue of external operations.</param>
/// <param name="Slots">Units it runs at once.</param>
public sealed record RemoteWorkerProfile(IReadOnlyList<string> Queues, int Slots, string Host, int ProcessId)
{
    /// <summary>For people to tell workers apart.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;
}

public sealed record RegisteredRemoteWorker(string WorkerId, IReadOnlyList<string> Queues);

/// <param name="Known">False: it was taken for dead and must register anew; its units are others' now.</param>
/// <param name="Lost">Units it holds no more: cancelled, timed out, or taken back. Their work must stop.</param>
/// <param name="Draining">It is to take no more units, finish what it has, and end.</param>
public sealed record RemoteStanding(bool Known, IReadOnlyList<Storage.UnitKey> Lost, bool Draining);
