using Penstock.Engine;
using Penstock.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Ontology;

public sealed class OntologyGraphTests
{
    [Fact]
    public void Closures_equal_repeated_single_steps_on_random_ontologies()
    {
        Random random = new(3);
        for (int round = 0; round < 50; round++)
        {
            int count = random.Next(1, 40);
            HashSet<(int Child, int Parent, RelationKind Kind)> edges = [];
            for (int i = 0; i < count * 2; i++)
            {
                (int a, int b) = (random.Next(count), random.Next(count));
                if (a > b)
                    edges.Add((a, b, (RelationKind)random.Next(3)));
            }
            OntologyGraph graph = SmallOntology.Build(count, edges);
            RelationKinds kinds = (RelationKinds)random.Next(1, 8);
            for (int term = 0; term < count; term++)
            {
                Assert.Equal(Reachable(term, edges, kinds, edge => (edge.Child, edge.Parent)), graph.Ancestors(term, kinds));
                Assert.Equal(Reachable(term, edges, kinds, edge => (edge.Parent, edge.Child)), graph.Descendants(term, kinds));
            }
            AssertChildrenFirst(graph.ChildrenFirst(kinds), edges, kinds);
        }
    }

    [Fact]
    public void Parents_and_children_are_told_apart_by_kind()
    {
        OntologyGraph graph = SmallOntology.Build(
            3, [(2, 0, RelationKind.PartOf), (2, 1, RelationKind.IsA), (2, 0, RelationKind.IsA), (1, 0, RelationKind.Regulates)]);
        Assert.Equal([0, 1], graph.Parents(2, RelationKind.IsA).ToArray().Order());
        Assert.Equal([0], graph.Parents(2, RelationKind.PartOf).ToArray());
        Assert.Equal([2], graph.Children(0, RelationKind.PartOf).ToArray());
        Assert.Equal([1], graph.Children(0, RelationKind.Regulates).ToArray());
        Assert.Equal([0, 1], graph.WithAncestors([1], RelationKinds.All));
        Assert.Empty(graph.Ancestors(1, RelationKinds.Propagating));
    }

    [Fact]
    public void A_cycle_is_an_error_only_for_the_relations_that_form_it()
    {
        OntologyGraph graph = SmallOntology.Build(
            3, [(1, 0, RelationKind.IsA), (0, 1, RelationKind.PartOf), (2, 0, RelationKind.IsA)]);
        Assert.Equal(3, graph.ChildrenFirst(RelationKinds.IsA).Length);
        PenstockException error = Assert.ThrowsAny<PenstockException>(() => graph.ChildrenFirst(RelationKinds.Propagating));
        Assert.Equal("ontology-cycle", error.Code);
        Assert.Contains("GO:0000000", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alternative_id_of_two_terms_resolves_to_neither()
    {
        OntologyGraph graph = OntologyGraph.Build(OboParser.Parse(
            new StringReader(
                "data-version: 1\n[Term]\nid: GO:1\nalt_id: GO:8\nalt_id: GO:9\n[Term]\nid: GO:2\nalt_id: GO:9\n"),
            "test.obo",
            CancellationToken.None));
        Assert.True(graph.TryResolve("GO:8", out int first));
        Assert.Equal("GO:1", graph.TermAt(first).Id);
        Assert.False(graph.TryResolve("GO:9", out _));
        Assert.False(graph.TryResolve("GO:7", out _));
    }

    private static int[] Reachable(
        int term,
        HashSet<(int Child, int Parent, RelationKind Kind)> edges,
        RelationKinds kinds,
        Func<(int Child, int Parent, RelationKind Kind), (int From, int To)> direction)
    {
        HashSet<int> found = [];
        int before;
        do
        {
            before = found.Count;
            foreach (var edge in edges.Where(edge => kinds.HasFlag((RelationKinds)(1 << (int)edge.Kind))))
            {
                (int from, int to) = direction(edge);
                if (from == term || found.Contains(from))
                    found.Add(to);
            }
        }
        while (found.Count > before);
        return [.. found.Order()];
    }

    private static void AssertChildrenFirst(
        int[] order, HashSet<(int Child, int Parent, RelationKind Kind)> edges, RelationKinds kinds)
    {
        Assert.Equal(Enumerable.Range(0, order.Length), order.Order());
        foreach ((int child, int parent, RelationKind kind) in edges)
        {
            if (kinds.HasFlag((RelationKinds)(1 << (int)kind)))
                Assert.True(Array.IndexOf(order, child) < Array.IndexOf(order, parent));
        }
    }
}
