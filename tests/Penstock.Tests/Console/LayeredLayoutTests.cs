using Penstock.Console.Graphs;
using Xunit;

namespace Penstock.Tests.Console;

public sealed class LayeredLayoutTests
{
    [Fact]
    public void Parents_lie_above_their_children_and_every_edge_runs_from_the_one_to_the_other()
    {
        GraphDrawing drawing = Place(["a", "b", "c", "d"], ("b", "a"), ("c", "a"), ("d", "b"), ("d", "c"));
        Assert.Equal([0, 1, 1, 2], drawing.Nodes.Select(node => node.Rank));
        foreach (PlacedEdge edge in drawing.Edges)
        {
            PlacedNode child = drawing.Nodes.Single(node => node.Node.Id == edge.Edge.Child);
            PlacedNode parent = drawing.Nodes.Single(node => node.Node.Id == edge.Edge.Parent);
            Assert.Equal((child.CenterX, child.Y), edge.Points[0]);
            Assert.Equal((parent.CenterX, parent.Y + parent.Node.Height), edge.Points[^1]);
        }
    }

    [Fact]
    public void A_child_of_near_and_far_parents_lies_below_the_far_one_and_the_long_edge_bends_in_each_row_between()
    {
        GraphDrawing drawing = Place(["root", "mid", "low", "leaf"], ("mid", "root"), ("low", "mid"), ("leaf", "low"), ("leaf", "root"));
        Assert.Equal(3, drawing.Nodes.Single(node => node.Node.Id == "leaf").Rank);
        PlacedEdge longEdge = drawing.Edges.Single(edge => edge.Edge is { Child: "leaf", Parent: "root" });
        Assert.Equal(2 + 2 * 2, longEdge.Points.Count);
        Assert.Equal(longEdge.Points.Select(point => point.Y).OrderDescending(), longEdge.Points.Select(point => point.Y));
    }

    [Fact]
    public void A_second_root_sits_right_above_its_child_instead_of_at_the_top()
    {
        GraphDrawing drawing = Place(["top", "a", "b", "late"], ("a", "top"), ("b", "a"), ("b", "late"));
        Assert.Equal(1, drawing.Nodes.Single(node => node.Node.Id == "late").Rank);
    }

    [Fact]
    public void Boxes_of_one_row_never_overlap_whatever_the_graph()
    {
        Random random = new(20260301);
        for (int run = 0; run < 200; run++)
        {
            int count = random.Next(2, 40);
            GraphNode[] nodes = [.. Enumerable.Range(0, count).Select(i => new GraphNode($"{i}", random.Next(20, 160), random.Next(20, 60)))];
            GraphEdge[] edges =
                [.. Enumerable.Range(0, count * 2).Select(_ => new GraphEdge($"{random.Next(count)}", $"{random.Next(count)}", "is_a"))];
            GraphDrawing drawing = LayeredLayout.Place(nodes, edges);
            foreach (IGrouping<int, PlacedNode> row in drawing.Nodes.GroupBy(node => node.Rank))
            {
                PlacedNode[] sorted = [.. row.OrderBy(node => node.X)];
                for (int i = 1; i < sorted.Length; i++)
                    Assert.True(sorted[i].X >= sorted[i - 1].X + sorted[i - 1].Node.Width + LayeredLayout.NodeGap - 1e-6, $"run {run}: {sorted[i - 1]} and {sorted[i]} overlap");
            }
            Assert.All(drawing.Nodes, node => Assert.True(node.X >= -1e-6 && node.X + node.Node.Width <= drawing.Width + 1e-6 && node.Y + node.Node.Height <= drawing.Height + 1e-6));
        }
    }

    [Fact]
    public void A_cycle_is_drawn_too()
    {
        GraphDrawing drawing = Place(["a", "b", "c"], ("a", "b"), ("b", "c"), ("c", "a"));
        Assert.Equal(3, drawing.Edges.Count);
        Assert.Equal([0, 1, 2], drawing.Nodes.Select(node => node.Rank).Order());
    }

    [Fact]
    public void Crossings_that_can_be_undone_are_undone()
    {
        // As given, both edges of each pair cross.
        GraphDrawing drawing = Place(
            ["p1", "p2", "p3", "c1", "c2", "c3"], ("c1", "p3"), ("c2", "p2"), ("c3", "p1"));
        double[] parents = [.. new[] { "p1", "p2", "p3" }.Select(id => Center(drawing, id))];
        double[] children = [.. new[] { "c3", "c2", "c1" }.Select(id => Center(drawing, id))];
        Assert.Equal(Order(parents), Order(children));
        Assert.All(drawing.Edges, edge => Assert.Equal(edge.Points[0].X, edge.Points[^1].X, 1.0));
    }

    [Fact]
    public void Edges_to_unknown_nodes_and_to_oneself_are_left_out_and_nothing_is_an_empty_drawing()
    {
        Assert.Empty(Place(["a"], ("a", "a"), ("a", "elsewhere")).Edges);
        Assert.Equal((0, 0), (Place([]).Width, Place([]).Nodes.Count));
    }

    [Fact]
    public void The_same_graph_is_drawn_the_same_way()
    {
        (string, string)[] edges = [("d", "a"), ("d", "b"), ("e", "b"), ("e", "c"), ("f", "a"), ("f", "d")];
        GraphDrawing first = Place(["a", "b", "c", "d", "e", "f"], edges);
        GraphDrawing second = Place(["a", "b", "c", "d", "e", "f"], edges);
        Assert.Equal(first.Nodes.Select(node => (node.X, node.Y)), second.Nodes.Select(node => (node.X, node.Y)));
    }

    private static GraphDrawing Place(string[] nodes, params (string Child, string Parent)[] edges) => LayeredLayout.Place(
        [.. nodes.Select(id => new GraphNode(id, 100, 30))], [.. edges.Select(edge => new GraphEdge(edge.Child, edge.Parent, "is_a"))]);

    private static double Center(GraphDrawing drawing, string id) => drawing.Nodes.Single(node => node.Node.Id == id).CenterX;

    private static int[] Order(double[] values) => [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
}
