using Penstock.Engine;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Ontology;
using Penstock.Tests.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

public sealed class InformationAccretionTests
{
    [Fact]
    public void Values_equal_the_definition_on_random_ontologies()
    {
        Random random = new(17);
        int compared = 0;
        for (int round = 0; round < 100; round++)
        {
            int terms = random.Next(3, 20);
            HashSet<(int Child, int Parent, RelationKind Kind)> edges = [];
            for (int i = 0; i < terms * 2; i++)
            {
                (int a, int b) = (random.Next(terms), random.Next(terms));
                if (a > b)
                    edges.Add((a, b, (RelationKind)random.Next(3)));
            }
            string NamespaceOf(int term) => term % 3 == 0 ? "molecular_function" : "biological_process";
            OntologyGraph graph = OntologyGraph.Build(OboParser.Parse(
                new StringReader(SmallOntology.Obo(terms, edges, NamespaceOf)), "small.obo", CancellationToken.None));
            HashSet<(int Child, int Parent)> inside =
            [
                .. edges.Where(edge => edge.Kind != RelationKind.Regulates && NamespaceOf(edge.Child) == NamespaceOf(edge.Parent))
                    .Select(edge => (edge.Child, edge.Parent)),
            ];
            List<(string Protein, int Term)> corpus =
                [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => ($"P{random.Next(10)}", random.Next(terms)))];
            double[] expected = Expected(terms, inside, corpus);
            if (expected.All(value => value == 0))
                continue;
            InformationAccretion actual = Compute(
                graph, corpus.Select(pair => new ProteinTerm(pair.Protein, SmallOntology.Id(pair.Term))));
            for (int term = 0; term < terms; term++)
                Assert.Equal(expected[term], actual.Values[SmallOntology.Id(term)], 1e-12);
            compared++;
        }
        Assert.True(compared > 50);
    }

    [Fact]
    public void Statistics_and_text_come_with_the_values()
    {
        OntologyGraph graph = SmallOntology.Build(3, [(1, 0, RelationKind.IsA), (2, 0, RelationKind.IsA)]);
        InformationAccretion accretion = Compute(graph, [new("A", "GO:0000001"), new("A", "GO:0000001"), new("B", "GO:0000000")]);
        // Term 1: (1 + 1) of (2 + 1) records; term 2: (0 + 1) of (2 + 1).
        using StringWriter text = new();
        accretion.WriteTsv(text);
        Assert.Equal("GO:0000000\t0.0\nGO:0000001\t0.5849625007211563\nGO:0000002\t1.5849625007211563\n", text.ToString());
        InformationAccretionStats stats = accretion.Stats;
        Assert.Equal((3, 2, 2, 2, 3L, 0), (
            stats.TermCount, stats.NonZeroCount, stats.AnnotationCount, stats.ProteinCount, stats.PropagatedPairs,
            stats.UnknownTermCount));
    }

    [Fact]
    public void An_empty_corpus_is_refused() =>
        AssertCode("ia-corpus-empty", SmallOntology.Build(2, [(1, 0, RelationKind.IsA)]), []);

    [Fact]
    public void A_corpus_of_roots_only_is_refused() =>
        AssertCode("ia-all-zero", SmallOntology.Build(2, []), [new("A", "GO:0000000"), new("A", "GO:0000001")]);

    [Fact]
    public void More_than_one_in_a_hundred_unknown_ids_are_refused_and_fewer_are_counted()
    {
        OntologyGraph graph = SmallOntology.Build(200, Enumerable.Range(1, 199).Select(term => (term, 0, RelationKind.IsA)));
        ProteinTerm[] corpus = [.. Enumerable.Range(0, 99).Select(term => new ProteinTerm("A", SmallOntology.Id(term)))];
        Assert.Equal(1, Compute(graph, [.. corpus, new("A", "GO:gone")]).Stats.UnknownTermCount);
        AssertCode("ia-terms-unknown", graph, [.. corpus, new("A", "GO:gone"), new("B", "GO:gone too")]);
    }

    [Fact]
    public void A_cyclic_ontology_is_refused() => AssertCode(
        "ontology-cycle",
        SmallOntology.Build(2, [(1, 0, RelationKind.IsA), (0, 1, RelationKind.PartOf)]),
        [new("A", "GO:0000001")]);

    private static double[] Expected(
        int terms, HashSet<(int Child, int Parent)> edges, List<(string Protein, int Term)> corpus)
    {
        Dictionary<string, HashSet<int>> have = [];
        foreach ((string protein, int term) in corpus)
        {
            HashSet<int> own = have.TryGetValue(protein, out HashSet<int>? found) ? found : have[protein] = [];
            own.Add(term);
            for (int t = terms - 1; t >= 0; t--)
            {
                if (own.Contains(t))
                    own.UnionWith(edges.Where(edge => edge.Child == t).Select(edge => edge.Parent));
            }
        }
        double[] values = new double[terms];
        for (int term = 0; term < terms; term++)
        {
            int[] parents = [.. edges.Where(edge => edge.Child == term).Select(edge => edge.Parent)];
            if (parents.Length == 0)
                continue;
            double own = have.Values.Count(set => set.Contains(term)) + 1;
            double all = have.Values.Count(set => parents.All(set.Contains)) + 1;
            values[term] = own == all ? 0 : -Math.Log2(own / all);
        }
        return values;
    }

    private static InformationAccretion Compute(OntologyGraph graph, IEnumerable<ProteinTerm> corpus) =>
        InformationAccretion.Compute(graph, corpus, TestContext.Current.CancellationToken);

    private static void AssertCode(string code, OntologyGraph graph, ProteinTerm[] corpus) =>
        Assert.Equal(code, Assert.ThrowsAny<PenstockException>(() => Compute(graph, corpus)).Code);
}
