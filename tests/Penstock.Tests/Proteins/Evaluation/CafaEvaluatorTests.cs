using Penstock.Proteins.Evaluation;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>Small evaluations worked out by hand.</summary>
public sealed class CafaEvaluatorTests
{
    // a <- b <- d, a <- c (part_of), and e alone in another namespace; d has the alternative id T:9.
    private const string Ontology = """
        [Term]
        id: T:a
        namespace: first

        [Term]
        id: T:b
        namespace: first
        is_a: T:a ! a

        [Term]
        id: T:c
        namespace: first
        relationship: part_of T:a ! a
        relationship: regulates T:b

        [Term]
        id: T:d
        namespace: first
        alt_id: T:9
        is_a: T:b

        [Term]
        id: T:e
        namespace: second
        is_a: T:a

        [Term]
        id: T:old
        namespace: first
        is_a: T:b
        is_obsolete: true

        [Typedef]
        id: part_of
        namespace: external
        """;

    [Fact]
    public async Task Two_proteins_give_the_measures_worked_out_by_hand()
    {
        // P1 has d, b, a and is predicted c, a: tp 1, fp 1, fn 2. P2 has c, a and is predicted nothing: fn 2.
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:9\nP2 T:c\n", "P1\tT:c\t0.5\n").EvaluateAsync();
        EvaluationCurve curve = Assert.Single(table.Curves);
        Assert.Equal(("pred_1.tsv", "first", 2), (curve.FileName, curve.Namespace, curve.TargetCount));
        Assert.Equal(50, curve.Points.Count);
        double f = 2 * 0.5 * (1 / 6.0) / (0.5 + (1 / 6.0));
        double rcMicro = 0.5 / 2.5;
        ThresholdMetrics expected = new(
            N: 1, Tp: 0.5, Fp: 0.5, Fn: 2, Pr: 0.5, Rc: 1 / 6.0, Cov: 0.5, Mi: 0.5, Ru: 2, F: f, S: Math.Sqrt(4.25),
            PrMicro: 0.5, RcMicro: rcMicro, FMicro: 2 * 0.5 * rcMicro / (0.5 + rcMicro));
        Assert.All(curve.Points, point => AssertClose(expected, point.Plain));
        Assert.Null(curve.Points[0].Weighted);
    }

    [Fact]
    public async Task Weights_count_only_terms_with_finite_positive_accretion()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:d\n", "P1\tT:c\t0.5\nP1\tT:b\t0.5\n")
        {
            Accretion = "T:a\t0\nT:b\t1.5\nT:c\tinf\nT:d\t2\nT:b\t3\n",
        }.EvaluateAsync();
        // The later value of b wins; a and c have no weight: tp 3 (b), fn 2 (d), fp 0.
        ThresholdMetrics weighted = table.Curves[0].Points[0].Weighted!.Value;
        Assert.Equal((1, 3, 0, 2), (weighted.N, weighted.Tp, weighted.Fp, weighted.Fn));
        Assert.Equal((1, 0.6), (weighted.Pr, weighted.Rc));
        Assert.Equal(1, table.Curves[0].WeightedTargetCount);
    }

    [Fact]
    public async Task A_score_is_compared_with_thresholds_as_IEEE_doubles()
    {
        // 0.01 + 83 * 0.01 is 0.8400000000000001, so "0.84" reaches 83 thresholds and not 84.
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:a\n", "P1\tT:a\t0.84\n").EvaluateAsync();
        Assert.Equal(83, table.Curves[0].Points.Count);
        Assert.Equal(0.060000000000000005, table.Curves[0].Points[5].Tau);
    }

    [Fact]
    public async Task Filling_keeps_a_score_of_its_own_and_maximum_does_not()
    {
        EvaluationText files = new(Ontology, "P1\tT:d\n", "P1\tT:d\t0.9\nP1\tT:b\t0.2\nP1\tT:a\t0\n");
        EvaluationTable max = await files.EvaluateAsync();
        EvaluationTable fill = await files.EvaluateAsync(new() { Propagation = ScorePropagation.Fill });
        int At50(EvaluationTable table) => (int)table.Curves[0].Points[49].Plain.Tp;
        Assert.Equal(3, At50(max));
        // d keeps 0.9, b its 0.2, and a, whose own score is 0, takes b's 0.2.
        Assert.Equal(1, At50(fill));
        Assert.Equal(3, (int)fill.Curves[0].Points[10].Plain.Tp);
    }

    [Fact]
    public async Task A_limit_of_terms_lets_one_more_pass_in_the_order_of_the_file()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:d\n", "P1\tT:a\t0.9\nP1\tT:c\t0.9\nP1\tT:d\t0.9\n")
            .EvaluateAsync(new() { MaxTerms = 1 });
        Assert.Equal((1, 1), (table.Curves[0].Points[0].Plain.Tp, table.Curves[0].Points[0].Plain.Fp));
    }

    [Fact]
    public async Task Proteins_with_nothing_left_to_find_raise_coverage_only_in_reference_mode()
    {
        EvaluationText files = new(Ontology, "P1\tT:d\nP2\tT:b\n", "P1\tT:d\t0.9\nP2\tT:c\t0.9\n") { Known = "P2\tT:b\n" };
        EvaluationTable reference = await files.EvaluateAsync(new() { PkCoverage = PkCoverage.Reference });
        EvaluationTable corrected = await files.EvaluateAsync();
        ThresholdMetrics before = reference.Curves[0].Points[0].Plain;
        ThresholdMetrics after = corrected.Curves[0].Points[0].Plain;
        Assert.Equal((2, 2, 0.5), (before.N, before.Cov, before.Pr));
        Assert.Equal((1, 1, 1), (after.N, after.Cov, after.Pr));
        Assert.Equal((before.Tp, before.Fp, before.Fn, before.Rc), (after.Tp, after.Fp, after.Fn, after.Rc));
    }

    [Fact]
    public async Task A_namespace_without_terms_of_interest_is_left_out_with_a_warning()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:d\nP1\tT:e\n", "P1\tT:d\t0.9\nP1\tT:e\t0.9\n")
        {
            Interest = "T:9\n",
        }.EvaluateAsync();
        Assert.Equal("first", Assert.Single(table.Curves).Namespace);
        Assert.Equal(1, table.Curves[0].Points[0].Plain.Tp);
        Assert.Contains("Namespace second", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_file_without_a_namespace_means_nothing_is_known_there()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:d\nP1\tT:e\n", "P1\tT:d\t0.9\nP1\tT:e\t0.9\n")
        {
            Known = "P1\tT:b\n",
        }.EvaluateAsync();
        Assert.Equal(["first", "second"], table.Curves.Select(curve => curve.Namespace));
        Assert.Equal([1, 1], table.Curves.Select(curve => curve.Points[0].Plain.Tp));
    }

    [Fact]
    public async Task A_file_without_usable_rows_is_left_out_with_a_warning()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:a\n", "P1\tT:a\t0.9\n", "P7\tT:a\t0.9\nP1 T:a\n")
            .EvaluateAsync();
        Assert.Equal("pred_1.tsv", Assert.Single(table.Curves).FileName);
        Assert.Contains("pred_2.tsv", Assert.Single(table.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_lowest_threshold_wins_among_equals_and_the_table_has_its_own_texts()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:a\n", "P1\tT:a\t0.05\n").EvaluateAsync();
        BestThreshold best = table.Curves[0].Best(EvaluationMetric.F)!;
        Assert.Equal((0.01, 1, 1), (best.Point.Tau, best.Point.Plain.F, best.CoverageMax));
        Assert.Null(table.Curves[0].Best(EvaluationMetric.FWeighted));
        Assert.True(double.IsNaN(table.Curves[0].AveragePrecision(weighted: true)));
        using StringWriter text = new();
        EvaluationTsv.WriteBest(table, EvaluationMetric.F, text);
        Assert.Equal(
            "filename\tns\ttau\tn\ttp\tfp\tfn\tpr\trc\tcov\tmi\tru\tf\ts\tpr_micro\trc_micro\tf_micro\tcov_max\n" +
            "pred_1.tsv\tfirst\t0.010\t1.000\t1.000\t0.000\t0.000\t1.000\t1.000\t1.000\t0.000\t0.000\t1.000\t0.000\t" +
            "1.000\t1.000\t1.000\t1.000\n",
            text.ToString());
    }

    [Fact]
    public async Task Phases_are_measured()
    {
        EvaluationTable table = await new EvaluationText(Ontology, "P1\tT:a\n", "P1\tT:a\t0.05\n").EvaluateAsync();
        Assert.Equal(
            ["read ontology", "read ground truth", "read predictions", "score"], table.Phases.Select(phase => phase.Name));
    }

    private static void AssertClose(ThresholdMetrics expected, ThresholdMetrics actual)
    {
        foreach ((double wanted, double got) in expected.Values().Zip(actual.Values()))
            Assert.Equal(wanted, got, 1e-12);
    }
}
