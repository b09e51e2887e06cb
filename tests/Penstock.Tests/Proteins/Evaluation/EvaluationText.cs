using System.Text;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Input;
using Xunit;

namespace Penstock.Tests.Proteins.Evaluation;

/// <summary>The files of an evaluation as text.</summary>
internal sealed record EvaluationText(string Ontology, string GroundTruth, params string[] Predictions)
{
    public string? Accretion { get; init; }

    public string? Known { get; init; }

    public string? Interest { get; init; }

    public Task<EvaluationTable> EvaluateAsync(EvaluationOptions? options = null) =>
        new CafaEvaluator(TimeProvider.System).EvaluateAsync(
            new(
                Input("small.obo", Ontology)!,
                Input("gt.tsv", GroundTruth)!,
                [.. Predictions.Select((text, i) => Input($"pred_{i + 1}.tsv", text)!)])
            {
                InformationAccretion = Input("ia.tsv", Accretion),
                Known = Input("known.tsv", Known),
                TermsOfInterest = Input("toi.tsv", Interest),
            },
            options ?? new(),
            TestContext.Current.CancellationToken);

    private static InputFile? Input(string name, string? text) =>
        text is null ? null : InputFile.FromBytes(name, Encoding.UTF8.GetBytes(text));
}
