using Penstock.Proteins.Files;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Scoring;

/// <summary>Scores predictions under one configuration; safe to use from many threads.</summary>
public sealed class PredictionScorer(ScoringConfig config)
{
    private const int Decimals = 6;

    private readonly EvidenceWeights _evidence = config.EvidenceWeights is null ? EvidenceWeights.Default : new(config.EvidenceWeights);

    /// <summary>From 0 to 1, rounded to six decimals as Python does; 0 where no weighted signal has a value.</summary>
    public double Score(PredictionRow row)
    {
        SignalWeights weights = config.Weights;
        double evidence = _evidence.Of(row.EvidenceCode);
        double sum = 0;
        double total = 0;
        // The order matters in the last bit: it is the order of the original's table of signals.
        Add(weights.EmbeddingSimilarity, 1 - row.Distance / 2, ref sum, ref total);
        Add(weights.IdentityNw, row.GlobalAlignment?.Identity, ref sum, ref total);
        Add(weights.IdentitySw, row.LocalAlignment?.Identity, ref sum, ref total);
        Add(weights.EvidenceWeight, evidence, ref sum, ref total);
        Add(weights.TaxonomicProximity, Proximity(row.Taxonomy?.Distance), ref sum, ref total);
        if (total == 0)
            return 0;
        double score = sum / total;
        return PrintfNumber.Round(config.Formula == ScoringFormula.EvidenceWeighted ? score * evidence : score, Decimals);
    }

    private static void Add(double weight, double? signal, ref double sum, ref double total)
    {
        if (weight == 0 || signal is not { } value)
            return;
        sum += weight * Math.Clamp(value, 0, 1);
        total += weight;
    }

    private static double? Proximity(int? distance) => distance is { } steps ? 1.0 / (1 + steps) : null;
}
