namespace Penstock.Console.Graphs;

/// <summary>From a child up to one of its parents.</summary>
internal sealed record GraphEdge(string Child, string Parent, string Kind);
