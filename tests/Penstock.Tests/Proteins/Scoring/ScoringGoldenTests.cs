using System.Text.Json;
using Penstock.Proteins.Scoring;
using Penstock.Proteins.Transfer;
using Penstock.Testing;
using Penstock.Tests.Proteins.Transfer;
using Xunit;

namespace Penstock.Tests.Proteins.Scoring;

/// <summary>Against the scores PROTEA 0.3 gave its own predictions, equal to the last printed digit.</summary>
public class ScoringGoldenTests
{
    [Theory]
    [InlineData("embedding_only")]
    [InlineData("embedding_plus_evidence")]
    [InlineData("alignment_weighted")]
    [InlineData("composite")]
    [InlineData("evidence_primary")]
    [InlineData("custom")]
    public async Task Every_recorded_score_is_reproduced(string name)
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        var scorer = new PredictionScorer(name == "custom" ? await CustomAsync() : ScoringConfig.Presets.Single(preset => preset.Name == name));
        List<(PredictionRow Row, Dictionary<string, double> Scores, string[] Cells)> expected = await EndToEndData.ExpectedAsync();
        Assert.NotEmpty(expected);
        foreach ((PredictionRow row, Dictionary<string, double> scores, _) in expected)
            Assert.Equal(scores[name], scorer.Score(row));
    }

    [Fact]
    public async Task The_presets_are_those_of_the_original()
    {
        Assert.SkipUnless(SharedData.IsPresent, SharedData.SkipReason);
        using JsonDocument file = await ReadConfigsAsync();
        JsonElement[] presets = [.. file.RootElement.GetProperty("presets").EnumerateArray()];
        Assert.Equal(presets.Length, ScoringConfig.Presets.Count);
        foreach ((JsonElement recorded, ScoringConfig ours) in presets.Zip(ScoringConfig.Presets))
        {
            Assert.Equal((recorded.GetProperty("name").GetString(), recorded.GetProperty("formula").GetString()), (ours.Name, ours.FormulaName));
            Assert.Equal(Numbers(recorded.GetProperty("weights")), ours.Weights.ToDictionary());
            ours.Validate();
        }
    }

    private static async Task<ScoringConfig> CustomAsync()
    {
        using JsonDocument file = await ReadConfigsAsync();
        JsonElement custom = file.RootElement.GetProperty("custom");
        var config = new ScoringConfig(
            "custom",
            ScoringConfig.ParseFormula(custom.GetProperty("formula").GetString()!),
            SignalWeights.From(Numbers(custom.GetProperty("weights"))),
            Numbers(custom.GetProperty("evidence_weights")),
            "");
        config.Validate();
        return config;
    }

    private static async Task<JsonDocument> ReadConfigsAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(SharedData.PathOf("proteins", "e2e", "scoring_configs.json")));

    private static Dictionary<string, double> Numbers(JsonElement element) =>
        element.EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetDouble());
}
