using System.IO.Compression;
using System.Text;
using Penstock.Engine;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Input;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

public sealed class EvaluationErrorTests
{
    private const string Ontology = "[Term]\nid: T:a\nnamespace: n\n\n[Term]\nid: T:b\nnamespace: n\nis_a: T:a\n";
    private const string Truth = "P1\tT:b\n";

    [Fact]
    public Task A_score_that_is_no_number_names_file_and_line() => AssertErrorAsync(
        "evaluation-line-invalid", "Line 2 of pred_1.tsv", new(Ontology, Truth, "P1\tT:b\t0.5\nP1\tT:a\thigh\n"));

    [Fact]
    public async Task A_bad_score_of_a_protein_nobody_asked_for_does_no_harm()
    {
        EvaluationTable table = await new EvaluationText(Ontology, Truth, "MODEL T:a high\nP1\tT:b\t0.5\n").EvaluateAsync();
        Assert.Single(table.Curves);
    }

    [Fact]
    public Task A_ground_truth_line_with_one_column_is_refused() =>
        AssertErrorAsync("evaluation-line-invalid", "Line 1 of gt.tsv", new(Ontology, "P1\n", "P1\tT:b\t0.5\n"));

    [Fact]
    public Task An_accretion_line_without_a_number_is_refused() => AssertErrorAsync(
        "evaluation-line-invalid", "Line 1 of ia.tsv", new(Ontology, Truth, "P1\tT:b\t0.5\n") { Accretion = "T:a\n" });

    [Fact]
    public Task A_ground_truth_of_another_ontology_is_refused() => AssertErrorAsync(
        "evaluation-ground-truth-empty", "gt.tsv", new(Ontology, "P1\tGO:0000001\n", "P1\tT:b\t0.5\n"));

    [Fact]
    public Task Predictions_for_other_proteins_only_are_refused() =>
        AssertErrorAsync("evaluation-nothing-predicted", "1 prediction files", new(Ontology, Truth, "P2\tT:b\t0.5\n"));

    [Fact]
    public Task An_ontology_without_terms_is_refused() =>
        AssertErrorAsync("obo-no-terms", "small.obo", new("[Term]\nid: T:a\n", Truth, "P1\tT:b\t0.5\n"));

    [Fact]
    public Task A_cycle_is_refused_and_named() => AssertErrorAsync(
        "ontology-cycle", "T:a", new(Ontology.Replace("T:a\nnamespace: n\n\n", "T:a\nnamespace: n\nis_a: T:b\n\n",
            StringComparison.Ordinal), Truth, "P1\tT:b\t0.5\n"));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.1)]
    [InlineData(0.00001)]
    [InlineData(double.NaN)]
    public Task A_threshold_step_out_of_range_is_refused(double step) => AssertErrorAsync(
        "evaluation-step-invalid", "usual step", new(Ontology, Truth, "P1\tT:b\t0.5\n"), new() { ThresholdStep = step });

    [Fact]
    public Task A_negative_limit_of_terms_is_refused() => AssertErrorAsync(
        "evaluation-max-terms-invalid", "-1", new(Ontology, Truth, "P1\tT:b\t0.5\n"), new() { MaxTerms = -1 });

    [Fact]
    public async Task Truncated_files_are_unreadable_and_never_half_evaluated()
    {
        byte[] predictions = Truncated("P1\tT:b\t0.5\n");
        InputFile truth = InputFile.FromBytes("gt.tsv", Encoding.UTF8.GetBytes(Truth));
        InputFile obo = InputFile.FromBytes("small.obo", Encoding.UTF8.GetBytes(Ontology));
        CafaEvaluator evaluator = new(TimeProvider.System);
        PenstockException broken = await Assert.ThrowsAnyAsync<PenstockException>(() => evaluator.EvaluateAsync(
            new(obo, truth, [InputFile.FromBytes("p.tsv", predictions)]), new(), TestContext.Current.CancellationToken));
        Assert.Equal("evaluation-input-unreadable", broken.Code);
        Assert.Contains("p.tsv", broken.Message, StringComparison.Ordinal);

        PenstockException noOntology = await Assert.ThrowsAnyAsync<PenstockException>(() => evaluator.EvaluateAsync(
            new(InputFile.FromBytes("small.obo", Truncated(Ontology)), truth, []), new(), TestContext.Current.CancellationToken));
        Assert.Equal("obo-unreadable", noOntology.Code);
    }

    [Fact]
    public async Task A_cancelled_evaluation_stops()
    {
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        InputFile empty = InputFile.FromBytes("x", []);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new CafaEvaluator(TimeProvider.System).EvaluateAsync(
            new(empty, empty, [empty]), new(), cancelled.Token));
    }

    private static async Task AssertErrorAsync(
        string code, string part, EvaluationText files, EvaluationOptions? options = null)
    {
        PenstockException error = await Assert.ThrowsAnyAsync<PenstockException>(() => files.EvaluateAsync(options));
        Assert.Equal(code, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Truncated(string text)
    {
        using MemoryStream target = new();
        using (GZipStream gzip = new(target, CompressionLevel.Optimal))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return target.ToArray()[..^6];
    }
}
