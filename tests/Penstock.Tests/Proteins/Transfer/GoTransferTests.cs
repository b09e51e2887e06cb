using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Transfer;
using Xunit;

namespace Penstock.Tests.Proteins.Transfer;

public class GoTransferTests
{
    private const OntologyAspect P = OntologyAspect.BiologicalProcess;
    private const OntologyAspect F = OntologyAspect.MolecularFunction;

    // On a line: the squared distance of a reference from the query at 0 is the square of its place.
    private static readonly string[] Accessions = ["A", "B", "C", "D"];
    private static readonly float[] Places = [1, 2, 3, 4];

    private static readonly (string, ReferenceAnnotation)[] Annotations =
    [
        ("A", new("GO:p1", P, "involved_in", "IEA")),
        ("A", new("GO:p1", P, "involved_in", "IDA")),
        ("A", new("GO:p2", P, "NOT|involved_in", "IDA")),
        ("B", new("GO:f1", F, "enables", "IEA")),
        ("C", new("GO:p1", P, "involved_in", "TAS")),
        ("C", new("GO:p2", P, "involved_in", "IEA")),
        ("C", new("GO:f1", F, "enables", "IBA")),
        ("D", new("GO:f2", F, "enables", "IEA")),
    ];

    [Fact]
    public void Each_aspect_has_its_own_neighbours_and_each_term_comes_from_the_nearest_carrier()
    {
        IReadOnlyList<PredictionRow> rows = Predict(new TransferOptions(2));
        Assert.Equal(
            [("GO:p1", "A", 1.0), ("GO:p2", "C", 9.0), ("GO:f1", "B", 4.0)],
            rows.Select(row => (row.GoId, row.RefProteinAccession, row.Distance)));
    }

    [Fact]
    public void One_search_for_all_terms_gives_what_its_neighbours_carry()
    {
        IReadOnlyList<PredictionRow> rows = Predict(new TransferOptions(2, AspectSeparated: false));
        Assert.Equal([("GO:p1", "A"), ("GO:f1", "B")], rows.Select(row => (row.GoId, row.RefProteinAccession)));
    }

    [Fact]
    public void A_NOT_annotation_is_never_transferred_and_gives_no_place_among_the_neighbours()
    {
        ReferenceSet references = ReferenceSet.Create(["A", "B"], [("A", new("GO:p2", P, "NOT|involved_in", "IDA")), ("B", new("GO:p2", P, "", "IEA"))]);
        var transfer = new GoTransfer(new ExactKnn(new float[] { 1, 2 }, 1, DistanceMetric.SquaredL2), references, new TransferOptions(1));
        PredictionRow row = Assert.Single(transfer.Predict(["Q"], new float[] { 0 }, default));
        Assert.Equal(("B", 1), (row.RefProteinAccession, row.KPosition));
    }

    [Fact]
    public void Our_accounting_takes_the_best_evidence_and_counts_distinct_references()
    {
        PredictionRow row = Predict(new TransferOptions(2))[0];
        Assert.Equal("IDA", row.EvidenceCode);
        Assert.Equal((2, 1, 2, 1), (row.VoteCount, row.KPosition, row.GoTermFrequency, row.RefAnnotationDensity));
        // Distinct neighbours A, C (process) and B, C (function): distances 1, 9, 4.
        Assert.Equal(Math.Sqrt(((1 - 14 / 3.0) * (1 - 14 / 3.0) + (9 - 14 / 3.0) * (9 - 14 / 3.0) + (4 - 14 / 3.0) * (4 - 14 / 3.0)) / 3), row.NeighborDistanceStd!.Value, 1e-12);
        Assert.Equal(3, Predict(new TransferOptions(2)).Single(r => r.GoId == "GO:p2").RefAnnotationDensity);
    }

    [Fact]
    public void The_compatible_accounting_takes_the_first_evidence_and_counts_annotation_rows()
    {
        IReadOnlyList<PredictionRow> rows = Predict(new TransferOptions(2, Accounting: TransferAccounting.ProteaCompat));
        Assert.Equal("IEA", rows[0].EvidenceCode);
        Assert.Equal((3, 1, 3, 2), (rows[0].VoteCount, rows[0].KPosition, rows[0].GoTermFrequency, rows[0].RefAnnotationDensity));
        // C has two process rows when the process aspect is written, and C's function row is counted only afterwards.
        Assert.Equal(2, rows.Single(row => row.GoId == "GO:p2").RefAnnotationDensity);
        // Distances 1, 9 and 4, 9: the repeated reference counts twice.
        Assert.Equal(Math.Sqrt((1 + 81 + 16 + 81) / 4.0 - 5.75 * 5.75), rows[0].NeighborDistanceStd!.Value, 1e-12);
    }

    [Fact]
    public void The_compatible_frequency_depends_on_the_batch_and_ours_does_not()
    {
        int Frequency(TransferAccounting accounting, params float[] queries) => NewTransfer(new TransferOptions(1, Accounting: accounting))
            .Predict([.. queries.Select((_, i) => $"Q{i}")], queries, default)
            .Single(row => row.ProteinAccession == "Q0" && row.GoId == "GO:p1").GoTermFrequency!.Value;

        Assert.Equal((2, 3), (Frequency(TransferAccounting.ProteaCompat, 0f), Frequency(TransferAccounting.ProteaCompat, 0f, 3f)));
        Assert.Equal((1, 1), (Frequency(TransferAccounting.DistinctReferences, 0f), Frequency(TransferAccounting.DistinctReferences, 0f, 3f)));
    }

    [Theory]
    [InlineData(TransferAccounting.DistinctReferences)]
    [InlineData(TransferAccounting.ProteaCompat)]
    public void A_query_that_is_a_reference_can_be_kept_from_answering_itself(TransferAccounting accounting)
    {
        IReadOnlyList<PredictionRow> self = Predict(new TransferOptions(1, Accounting: accounting), "A");
        Assert.Equal("A", self.Single(row => row.GoId == "GO:p1").RefProteinAccession);
        IReadOnlyList<PredictionRow> others = Predict(new TransferOptions(1, ExcludeSelf: true, Accounting: accounting), "A");
        PredictionRow row = others.Single(r => r.GoId == "GO:p1");
        Assert.Equal(("C", 1), (row.RefProteinAccession, row.KPosition));
    }

    [Fact]
    public void Chunks_of_one_protein_take_one_place_among_the_neighbours()
    {
        ReferenceSet references = ReferenceSet.Create(
            ["A", "A", "A", "C"], [("A", new("GO:p1", P, "", "IEA")), ("C", new("GO:p2", P, "", "IEA"))]);
        var transfer = new GoTransfer(new ExactKnn(Places, 1, DistanceMetric.SquaredL2), references, new TransferOptions(2));
        IReadOnlyList<PredictionRow> rows = transfer.Predict(["Q"], new float[] { 0 }, default);
        Assert.Equal([("GO:p1", 1, 1), ("GO:p2", 2, 1)], rows.Select(row => (row.GoId, row.KPosition!.Value, row.VoteCount!.Value)));
    }

    [Fact]
    public void Neighbours_beyond_the_threshold_give_nothing()
    {
        IReadOnlyList<PredictionRow> rows = Predict(new TransferOptions(4, DistanceThreshold: 4));
        Assert.Equal(["GO:p1", "GO:f1"], rows.Select(row => row.GoId));
    }

    [Fact]
    public void Without_features_their_columns_stay_empty()
    {
        foreach (TransferAccounting accounting in Enum.GetValues<TransferAccounting>())
        {
            PredictionRow row = Predict(new TransferOptions(2, Accounting: accounting, ComputeFeatures: false))[0];
            Assert.Null(row.VoteCount ?? row.KPosition ?? row.GoTermFrequency ?? row.RefAnnotationDensity);
            Assert.Null(row.NeighborDistanceStd);
        }
    }

    [Fact]
    public void A_batch_of_nothing_predicts_nothing()
    {
        foreach (TransferAccounting accounting in Enum.GetValues<TransferAccounting>())
            Assert.Empty(NewTransfer(new TransferOptions(Accounting: accounting)).Predict([], ReadOnlyMemory<float>.Empty, default));
    }

    private static IReadOnlyList<PredictionRow> Predict(TransferOptions options, string query = "Q") =>
        NewTransfer(options).Predict([query], new float[] { 0 }, default);

    private static GoTransfer NewTransfer(TransferOptions options) => new(
        new ExactKnn(Places, 1, DistanceMetric.SquaredL2), ReferenceSet.Create(Accessions, Annotations), options);
}
