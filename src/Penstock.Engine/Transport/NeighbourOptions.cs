namespace Penstock.Engine.Transport;

/// <summary>How the processes of one machine that share a store reach each other.</summary>
/// <param name="Folder">Holds one socket per process; only their owner may enter it.</param>
/// <param name="HearsEvents">This process shows histories live, so it wants to hear of new events too.</param>
public sealed record NeighbourOptions(string Folder, bool HearsEvents);
