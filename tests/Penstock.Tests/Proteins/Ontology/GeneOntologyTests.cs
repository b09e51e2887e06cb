using System.Text.Json.Nodes;
using Penstock.Proteins.Ontology;
using Penstock.Testing;
using Xunit;

namespace Penstock.Tests.Proteins.Ontology;

/// <summary>The Gene Ontology of 2022-07-01, against the counts of the original loader.</summary>
public sealed class GeneOntologyTests
{
    [Fact]
    public void Counts_of_terms_and_edges_equal_the_expected_ones()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        JsonNode expected = JsonNode.Parse(File.ReadAllText(SharedData.PathOf("proteins", "delta", "expected_stats.json")))!;
        OntologyDocument document = GeneOntologyFile.Graph.Document;
        Assert.Equal("releases/2022-07-01", document.Version);
        Assert.Equal(expected["go_terms"]!.GetValue<int>(), document.Terms.Count);
        Assert.Equal(expected["relationships_loaded_total"]!.GetValue<int>(), document.RelationshipCount);
        foreach ((string kind, JsonNode? count) in expected["relationships_loaded"]!.AsObject())
            Assert.Equal(count!.GetValue<int>(), document.RelationshipCounts[RelationNames.Parse(kind)!.Value]);
        Assert.Equal(new OntologySkips(0, 0, 0, 0, 0), document.Skipped);
    }

    [Fact]
    public void Alternative_ids_are_kept_and_obsolete_terms_too()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        OntologyGraph graph = GeneOntologyFile.Graph;
        Assert.Equal(3_450, graph.Document.Terms.Sum(term => term.AltIds.Count));
        Assert.Equal(3_910, graph.Document.Terms.Count(term => term.IsObsolete));
        Assert.True(graph.TryResolve("GO:0019952", out int reproduction));
        Assert.Equal("GO:0000003", graph.TermAt(reproduction).Id);
        Assert.False(graph.TryGetIndex("GO:0019952", out _));
    }

    [Fact]
    public void Every_term_comes_after_its_children_in_topological_order()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        OntologyGraph graph = GeneOntologyFile.Graph;
        int[] order = graph.ChildrenFirst(RelationKinds.Propagating);
        int[] place = new int[graph.Count];
        for (int i = 0; i < order.Length; i++)
            place[order[i]] = i;
        for (int term = 0; term < graph.Count; term++)
        {
            foreach (int parent in graph.Parents(term, RelationKind.IsA))
                Assert.True(place[term] < place[parent]);
            foreach (int parent in graph.Parents(term, RelationKind.PartOf))
                Assert.True(place[term] < place[parent]);
        }
    }
}
