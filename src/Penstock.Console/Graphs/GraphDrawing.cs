namespace Penstock.Console.Graphs;

/// <summary>Where everything goes, in pixels from the upper left corner.</summary>
internal sealed record GraphDrawing(
    double Width, double Height, IReadOnlyList<PlacedNode> Nodes, IReadOnlyList<PlacedEdge> Edges);

/// <param name="X">Left side.</param>
/// <param name="Y">Upper side.</param>
internal sealed record PlacedNode(GraphNode Node, int Rank, double X, double Y)
{
    public double CenterX => X + Node.Width / 2;
}

/// <param name="Points">From the child's upper side to the parent's lower side; two, and two more for each rank between.</param>
internal sealed record PlacedEdge(GraphEdge Edge, IReadOnlyList<(double X, double Y)> Points);
