namespace Penstock.Console.Graphs;

/// <summary>A box to be placed, with its size in pixels.</summary>
internal sealed record GraphNode(string Id, double Width, double Height);
