using System.Collections.Frozen;

namespace Penstock.Proteins.Annotations;

/// <summary>Evidence codes of GO annotations and the Evidence and Conclusion Ontology ids that mean them.</summary>
public static class EvidenceCodes
{
    /// <summary>The 13 codes evaluation counts as experimental, in their customary order.</summary>
    public static IReadOnlyList<string> Experimental { get; } =
        ["EXP", "IDA", "IPI", "IMP", "IGI", "IEP", "HTP", "HDA", "HMP", "HGI", "HEP", "IC", "TAS"];

    private const int SingleExperimentCount = 6;

    private static readonly FrozenSet<string> ExperimentalSet = Experimental.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> SingleExperimentSet =
        Experimental.Take(SingleExperimentCount).ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> EcoToCode = new Dictionary<string, string>
    {
        ["ECO:0000269"] = "EXP", ["ECO:0000314"] = "IDA", ["ECO:0000353"] = "IPI", ["ECO:0000315"] = "IMP",
        ["ECO:0000316"] = "IGI", ["ECO:0000270"] = "IEP", ["ECO:0006056"] = "HTP", ["ECO:0007005"] = "HDA",
        ["ECO:0007001"] = "HMP", ["ECO:0007003"] = "HGI", ["ECO:0007007"] = "HEP", ["ECO:0000305"] = "IC",
        ["ECO:0000304"] = "TAS", ["ECO:0000318"] = "IBA", ["ECO:0000319"] = "IBD", ["ECO:0000320"] = "IKR",
        ["ECO:0000321"] = "IRD", ["ECO:0000250"] = "ISS", ["ECO:0000266"] = "ISO", ["ECO:0000247"] = "ISA",
        ["ECO:0000255"] = "ISM", ["ECO:0000317"] = "IGC", ["ECO:0000245"] = "RCA", ["ECO:0000303"] = "NAS",
        ["ECO:0000307"] = "ND", ["ECO:0000501"] = "IEA", ["ECO:0000256"] = "IEA", ["ECO:0000366"] = "IEA",
        ["ECO:0007322"] = "IEA", ["ECO:0007826"] = "IEA",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The three-letter code of an ECO id; anything else comes back as it is.</summary>
    public static string Translate(string codeOrEcoId) => EcoToCode.GetValueOrDefault(codeOrEcoId, codeOrEcoId);

    /// <summary>Whether a code, or an ECO id stored raw, is one of the 13.</summary>
    public static bool IsExperimental(string codeOrEcoId) => ExperimentalSet.Contains(Translate(codeOrEcoId));

    /// <summary>Whether a corpus of this regime takes an annotation with this evidence.</summary>
    public static bool IsIn(EvidenceRegime regime, string codeOrEcoId) => regime switch
    {
        EvidenceRegime.Lafa => IsExperimental(codeOrEcoId),
        EvidenceRegime.Experimental => SingleExperimentSet.Contains(Translate(codeOrEcoId)),
        EvidenceRegime.All => true,
        _ => throw new ArgumentOutOfRangeException(nameof(regime), regime, "Unknown evidence regime."),
    };

    /// <summary>Whether a qualifier says that the protein does NOT have the term.</summary>
    public static bool IsNegative(string qualifier) => qualifier.Contains("NOT", StringComparison.Ordinal);
}
