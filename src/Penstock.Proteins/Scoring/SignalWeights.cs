namespace Penstock.Proteins.Scoring;

/// <summary>How much each signal counts in a score; 0 leaves it out. At least 0 each.</summary>
/// <param name="EmbeddingSimilarity"><c>1 - distance / 2</c>.</param>
/// <param name="IdentityNw">Identity in the global alignment.</param>
/// <param name="IdentitySw">Identity in the local alignment.</param>
/// <param name="EvidenceWeight">Weight of the evidence code.</param>
/// <param name="TaxonomicProximity"><c>1 / (1 + taxonomic distance)</c>.</param>
public sealed record SignalWeights(
    double EmbeddingSimilarity = 0,
    double IdentityNw = 0,
    double IdentitySw = 0,
    double EvidenceWeight = 0,
    double TaxonomicProximity = 0)
{
    /// <summary>The names under which files and requests give the weights.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["embedding_similarity", "identity_nw", "identity_sw", "evidence_weight", "taxonomic_proximity"];

    /// <exception cref="ScoringConfigException">A name is none of <see cref="Names"/>, or a weight is negative or not finite.</exception>
    public static SignalWeights From(IReadOnlyDictionary<string, double> weights)
    {
        foreach ((string name, double weight) in weights)
        {
            if (!Names.Contains(name))
                throw new ScoringConfigException($"There is no signal {name}; the signals are {string.Join(", ", Names)}.");
            if (!double.IsFinite(weight) || weight < 0)
                throw new ScoringConfigException($"The weight of {name} is {weight}; give a number that is 0 or more.");
        }
        double Weight(int index) => weights.GetValueOrDefault(Names[index]);
        return new SignalWeights(Weight(0), Weight(1), Weight(2), Weight(3), Weight(4));
    }

    public IReadOnlyDictionary<string, double> ToDictionary() => new Dictionary<string, double>
    {
        [Names[0]] = EmbeddingSimilarity,
        [Names[1]] = IdentityNw,
        [Names[2]] = IdentitySw,
        [Names[3]] = EvidenceWeight,
        [Names[4]] = TaxonomicProximity,
    };
}
