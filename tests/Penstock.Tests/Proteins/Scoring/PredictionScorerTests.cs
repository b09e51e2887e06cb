using Penstock.Proteins.Scoring;
using Penstock.Proteins.Transfer;
using Xunit;

namespace Penstock.Tests.Proteins.Scoring;

public class PredictionScorerTests
{
    private static readonly PredictionRow Row = new()
    {
        ProteinAccession = "Q1",
        GoId = "GO:1",
        Distance = 0.4,
        RefProteinAccession = "P1",
        Qualifier = "",
        EvidenceCode = "IEA",
    };

    [Theory]
    [InlineData("embedding_only", 0.8)]
    [InlineData("embedding_plus_evidence", 0.165)]
    [InlineData("alignment_weighted", 0.8)]
    [InlineData("evidence_primary", 0.4)]
    public void Signals_without_a_value_take_no_part(string preset, double expected) =>
        Assert.Equal(expected, Scorer(preset).Score(Row));

    [Fact]
    public void All_signals_together_are_their_weighted_mean_times_the_evidence()
    {
        PredictionRow row = Row with
        {
            EvidenceCode = "ISS",
            GlobalAlignment = new(0.5, 0, 0, 0, 1),
            LocalAlignment = new(0.6, 0, 0, 0, 1),
            Taxonomy = new(1, 2, 1, 3, 1, "close"),
        };
        double expected = (0.4 * 0.8 + 0.2 * 0.5 + 0.1 * 0.6 + 0.2 * 0.7 + 0.1 * 0.25) / 1.0 * 0.7;
        Assert.Equal(Math.Round(expected, 6), Scorer("composite").Score(row), 1e-9);
    }

    [Theory]
    [InlineData(5.0, 0.0)]
    [InlineData(-1.0, 1.0)]
    public void A_signal_is_kept_between_0_and_1(double distance, double expected) =>
        Assert.Equal(expected, Scorer("embedding_only").Score(Row with { Distance = distance }));

    [Fact]
    public void Without_any_signal_the_score_is_0()
    {
        var config = new ScoringConfig("x", ScoringFormula.Linear, new(IdentityNw: 1), null, "");
        Assert.Equal(0, new PredictionScorer(config).Score(Row));
    }

    [Theory]
    [InlineData("IDA", 1.0)]
    [InlineData("ECO:0000314", 1.0)]
    [InlineData("ISS", 0.7)]
    [InlineData("NAS", 0.5)]
    [InlineData("ECO:0000501", 0.3)]
    [InlineData("ND", 0.1)]
    [InlineData("???", 0.5)]
    [InlineData("", 0.5)]
    [InlineData(null, 0.5)]
    public void Evidence_weights_are_the_documented_ones(string? code, double expected) =>
        Assert.Equal(expected, EvidenceWeights.Default.Of(code));

    [Fact]
    public void A_configuration_replaces_only_the_weights_it_names()
    {
        var weights = new EvidenceWeights(new Dictionary<string, double> { ["IEA"] = 0 });
        Assert.Equal((0.0, 0.0, 1.0), (weights.Of("IEA"), weights.Of("ECO:0000501"), weights.Of("IDA")));
    }

    [Fact]
    public void A_wrong_configuration_is_refused_with_its_reason()
    {
        ScoringConfig good = ScoringConfig.Presets[0];
        Assert.Equal("scoring-config-invalid", Assert.Throws<ScoringConfigException>(() => ScoringConfig.ParseFormula("mean")).Code);
        Assert.Throws<ScoringConfigException>(() => SignalWeights.From(new Dictionary<string, double> { ["blast"] = 1 }));
        Assert.Throws<ScoringConfigException>(() => SignalWeights.From(new Dictionary<string, double> { ["identity_nw"] = -1 }));
        Assert.Throws<ScoringConfigException>(() => (good with { Weights = new() }).Validate());
        Assert.Throws<ScoringConfigException>(() => (good with { Name = " " }).Validate());
        Assert.Throws<ScoringConfigException>(() => (good with { EvidenceWeights = new Dictionary<string, double> { ["ABC"] = 1 } }).Validate());
        Assert.Throws<ScoringConfigException>(() => (good with { EvidenceWeights = new Dictionary<string, double> { ["IDA"] = 1.5 } }).Validate());
        good.Validate();
    }

    private static PredictionScorer Scorer(string preset) => new(ScoringConfig.Presets.Single(config => config.Name == preset));
}
