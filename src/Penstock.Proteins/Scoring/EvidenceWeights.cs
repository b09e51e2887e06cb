using System.Collections.Frozen;
using Penstock.Proteins.Annotations;

namespace Penstock.Proteins.Scoring;

/// <summary>How much an evidence code counts, from 0 to 1.</summary>
public sealed class EvidenceWeights
{
    /// <summary>For no code, and for a code no table has.</summary>
    public const double Unknown = 0.5;

    private static readonly string[] Inferred = ["ISS", "ISO", "ISA", "ISM", "IGC", "IBA", "IBD", "IKR", "IRD", "RCA"];

    private static readonly FrozenDictionary<string, double> Defaults = EvidenceCodes.Experimental
        .Select(code => KeyValuePair.Create(code, 1.0))
        .Concat(Inferred.Select(code => KeyValuePair.Create(code, 0.7)))
        .Append(new("NAS", 0.5))
        .Append(new("IEA", 0.3))
        .Append(new("ND", 0.1))
        .ToFrozenDictionary(StringComparer.Ordinal);

    private readonly IReadOnlyDictionary<string, double> _overrides;

    /// <param name="overrides">Replace the default of the codes they name.</param>
    public EvidenceWeights(IReadOnlyDictionary<string, double> overrides) => _overrides = overrides;

    /// <summary>Experiments 1.0, inference by a curator 0.7, author statement 0.5, electronic 0.3, no data 0.1.</summary>
    public static EvidenceWeights Default { get; } = new(new Dictionary<string, double>());

    /// <summary>The codes that have a default.</summary>
    public static IReadOnlyCollection<string> KnownCodes => Defaults.Keys;

    /// <summary>Weight of a code or of an ECO id.</summary>
    public double Of(string? codeOrEcoId)
    {
        if (string.IsNullOrEmpty(codeOrEcoId))
            return Unknown;
        string code = EvidenceCodes.Translate(codeOrEcoId);
        return _overrides.TryGetValue(code, out double weight) ? weight : Defaults.GetValueOrDefault(code, Unknown);
    }
}
