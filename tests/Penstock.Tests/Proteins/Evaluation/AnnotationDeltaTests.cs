using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Ontology;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

public sealed class AnnotationDeltaTests
{
    private static readonly OntologyGraph Graph = OntologyGraph.Build(OboParser.Parse(
        new StringReader(
            """
            data-version: 1

            [Term]
            id: GO:P1
            namespace: biological_process

            [Term]
            id: GO:P2
            namespace: biological_process
            alt_id: GO:P2old
            is_a: GO:P1

            [Term]
            id: GO:P3
            namespace: biological_process
            is_a: GO:P2

            [Term]
            id: GO:F1
            namespace: molecular_function
            relationship: part_of GO:P2

            [Term]
            id: GO:F2
            namespace: molecular_function
            relationship: regulates GO:P2

            [Term]
            id: GO:X
            namespace: elsewhere
            """),
        "small.obo",
        CancellationToken.None));

    [Fact]
    public void A_protein_without_experiments_before_is_no_knowledge()
    {
        AnnotationDelta delta = Compute([Fact("A", "GO:P1", evidence: "IEA")], [Fact("A", "GO:P2"), Fact("A", "GO:F1")]);
        Assert.Equal([new("A", "GO:F1"), new("A", "GO:P2")], delta.NoKnowledge);
        Assert.Empty(delta.LimitedKnowledge);
        Assert.Empty(delta.Known);
        Assert.Equal(new AnnotationDeltaStats(1, 1, 0, 0, 2, 0, 0, 0), delta.Stats);
    }

    [Fact]
    public void One_protein_can_be_limited_in_one_aspect_and_partial_in_another()
    {
        AnnotationDelta delta = Compute(
            [Fact("A", "GO:P1")], [Fact("A", "GO:P1"), Fact("A", "GO:P3"), Fact("A", "GO:F2")]);
        Assert.Equal([new("A", "GO:F2")], delta.LimitedKnowledge);
        Assert.Equal([new("A", "GO:P3")], delta.PartialKnowledge);
        Assert.Equal([new("A", "GO:P1")], delta.PartialKnown);
        Assert.Equal([new("A", "GO:P1")], delta.Known);
        Assert.Equal(new AnnotationDeltaStats(1, 0, 1, 1, 0, 1, 1, 1), delta.Stats);
    }

    [Fact]
    public void Nothing_new_is_no_delta_but_still_known()
    {
        AnnotationDelta delta = Compute([Fact("A", "GO:P1"), Fact("A", "GO:F1")], [Fact("A", "GO:P1")]);
        Assert.Equal(new AnnotationDeltaStats(0, 0, 0, 0, 0, 0, 0, 2), delta.Stats);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_NOT_row_of_either_set_excludes_the_term_and_its_descendants_whatever_its_evidence(bool inOlder)
    {
        AnnotationFact not = Fact("A", "GO:P2", "NOT|involved_in", "IEA");
        AnnotationDelta delta = Compute(
            inOlder ? [not] : [],
            [
                Fact("A", "GO:P1"), Fact("A", "GO:P2"), Fact("A", "GO:P3"), Fact("A", "GO:F1"), Fact("A", "GO:F2"),
                Fact("B", "GO:P3"), .. inOlder ? [] : (AnnotationFact[])[not],
            ]);
        // F1 is part of P2, across aspects; F2 only regulates it; protein B has no NOT row.
        Assert.Equal([new("A", "GO:F2"), new("A", "GO:P1"), new("B", "GO:P3")], delta.NoKnowledge);
    }

    [Fact]
    public void Alternative_ids_are_the_term_they_mean_and_unknown_ids_and_aspects_are_left_out()
    {
        AnnotationDelta delta = Compute(
            [Fact("A", "GO:P2old")], [Fact("A", "GO:P2"), Fact("A", "GO:none"), Fact("A", "GO:X"), Fact("B", "GO:X")]);
        Assert.Equal([new("A", "GO:P2")], delta.Known);
        Assert.Equal(0, delta.Stats.DeltaProteins);
    }

    [Fact]
    public void Raw_ECO_ids_of_experiments_count()
    {
        AnnotationDelta delta = Compute(
            [], [Fact("A", "GO:P1", evidence: "ECO:0000314"), Fact("A", "GO:F1", evidence: "ECO:0000501")]);
        Assert.Equal([new("A", "GO:P1")], delta.NoKnowledge);
    }

    [Fact]
    public void Lists_are_sorted_by_ordinal_text_and_written_without_a_header()
    {
        AnnotationDelta delta = Compute([], [Fact("b", "GO:P1"), Fact("B", "GO:P2"), Fact("A-1", "GO:P1"), Fact("A", "GO:P2")]);
        using StringWriter text = new();
        AnnotationDelta.WriteTsv(delta.NoKnowledge, text);
        Assert.Equal("A\tGO:P2\nA-1\tGO:P1\nB\tGO:P2\nb\tGO:P1\n", text.ToString());
    }

    private static AnnotationDelta Compute(AnnotationFact[] older, AnnotationFact[] newer) =>
        new AnnotationDeltaCalculator(Graph).Compute(older, newer, TestContext.Current.CancellationToken);

    private static AnnotationFact Fact(string accession, string goId, string qualifier = "enables", string evidence = "IDA") =>
        new(accession, goId, qualifier, evidence);
}
