namespace Penstock.Proteins.Scoring;

/// <summary>A named way to score predictions.</summary>
/// <param name="EvidenceWeights">Replace the default weights of the codes they name; null for the defaults.</param>
public sealed record ScoringConfig(
    string Name,
    ScoringFormula Formula,
    SignalWeights Weights,
    IReadOnlyDictionary<string, double>? EvidenceWeights,
    string Description)
{
    /// <summary>The configurations every installation has.</summary>
    public static IReadOnlyList<ScoringConfig> Presets { get; } =
    [
        new("embedding_only", ScoringFormula.Linear, new(EmbeddingSimilarity: 1), null,
            "How near the reference is, and nothing else."),
        new("embedding_plus_evidence", ScoringFormula.EvidenceWeighted, new(EmbeddingSimilarity: 1, EvidenceWeight: 1), null,
            "Nearness and evidence; electronic annotations count less however near they are."),
        new("alignment_weighted", ScoringFormula.Linear, new(EmbeddingSimilarity: 0.5, IdentityNw: 0.3, IdentitySw: 0.2), null,
            "Nearness with global and local identity. Needs alignments."),
        new("composite", ScoringFormula.EvidenceWeighted, new(0.4, 0.2, 0.1, 0.2, 0.1), null,
            "All signals. Needs alignments and taxonomy."),
        new("evidence_primary", ScoringFormula.Linear, new(EmbeddingSimilarity: 0.2, EvidenceWeight: 0.8), null,
            "Evidence first, nearness to break ties; for embeddings that lie close together."),
    ];

    /// <summary>The formula of a name, <c>linear</c> or <c>evidence_weighted</c>.</summary>
    /// <exception cref="ScoringConfigException">It is another name.</exception>
    public static ScoringFormula ParseFormula(string name) => name switch
    {
        "linear" => ScoringFormula.Linear,
        "evidence_weighted" => ScoringFormula.EvidenceWeighted,
        _ => throw new ScoringConfigException($"There is no formula {name}; the formulas are linear and evidence_weighted."),
    };

    public string FormulaName => Formula == ScoringFormula.Linear ? "linear" : "evidence_weighted";

    /// <summary>Refuses codes without a default weight, weights outside 0 to 1, and a configuration without any signal.</summary>
    /// <exception cref="ScoringConfigException">With the first problem found.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Name))
            throw new ScoringConfigException("A scoring configuration needs a name.");
        SignalWeights.From(Weights.ToDictionary());
        if (Weights.ToDictionary().Values.All(weight => weight == 0))
            throw new ScoringConfigException("Every signal has weight 0, so every score would be 0; give at least one a weight.");
        foreach ((string code, double weight) in EvidenceWeights ?? new Dictionary<string, double>())
        {
            if (!Scoring.EvidenceWeights.KnownCodes.Contains(code))
                throw new ScoringConfigException($"{code} is not an evidence code of GO annotations.");
            if (!(weight >= 0 && weight <= 1))
                throw new ScoringConfigException($"The weight of {code} is {weight}; give a number from 0 to 1.");
        }
    }
}
