namespace Penstock.Client.Proteins;

/// <summary>Terms and everything above them, up to a depth, over all kinds of relation.</summary>
public sealed record GoSubgraph(IReadOnlyList<GoNode> Nodes, IReadOnlyList<GoEdge> Edges);

/// <param name="IsQuery">Asked for, not reached.</param>
public sealed record GoNode(long Id, string GoId, string Name, string? Aspect, bool IsQuery);

/// <param name="Source">Child term, as <see cref="GoNode.Id"/>.</param>
/// <param name="Target">Parent term.</param>
/// <param name="RelationType"><c>is_a</c>, <c>part_of</c>, <c>regulates</c>, ...</param>
public sealed record GoEdge(long Source, long Target, string RelationType);
