using System.Text.Json.Serialization;

namespace Penstock.Client.Proteins;

/// <summary>How a prediction set fares on an evaluation set.</summary>
/// <param name="Results">By setting (<c>NK</c>, <c>LK</c>, <c>PK</c>), then by aspect (<c>BPO</c>, <c>MFO</c>, <c>CCO</c>); a pair without targets is absent.</param>
/// <param name="Warnings">What was left out, such as information accretion that was not given.</param>
/// <param name="Artifacts">Names of the files of this result in the artifact store.</param>
public sealed record EvaluationResult(
    Guid Id, Guid EvaluationSetId, Guid PredictionSetId, Guid? JobId, DateTimeOffset CreatedAt, string PkCoverage, bool IaUsed,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, AspectResult>> Results, IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Artifacts);

/// <summary>One setting and aspect: the headline numbers, and the best value of every measure.</summary>
/// <param name="Headline">The measure of <paramref name="Fmax"/>: <c>f_w</c> with information accretion, else <c>f</c>.</param>
/// <param name="Precision">At <paramref name="Tau"/>, the threshold of the headline's maximum; so too recall and coverage.</param>
/// <param name="NPredicted">Targets with a prediction at that threshold.</param>
public sealed record AspectResult(
    string Headline, double Fmax, double Precision, double Recall, double Tau, double Coverage, long NPredicted, long NTargets,
    BestPoint? F, [property: JsonPropertyName("f_w")] BestPoint? WeightedF, BestPoint? FMicro,
    [property: JsonPropertyName("f_micro_w")] BestPoint? WeightedFMicro, BestPoint? S,
    [property: JsonPropertyName("s_w")] BestPoint? WeightedS);

/// <summary>The best value of a measure and where it is; precision, recall and coverage are of the measure's own weighting.</summary>
public sealed record BestPoint(double Value, double Tau, double Precision, double Recall, double Coverage);

/// <summary>The measures of one setting and aspect over all thresholds.</summary>
public sealed record EvaluationCurve(string Setting, string Aspect, IReadOnlyList<CurvePoint> Points);

/// <param name="PrecisionW">Weighted by information accretion, like the others on <c>_w</c>; null without it.</param>
public sealed record CurvePoint(
    double Tau, double Precision, double Recall, double F, double S, double Coverage, double? PrecisionW, double? RecallW,
    [property: JsonPropertyName("f_w")] double? FW, [property: JsonPropertyName("s_w")] double? SW, double? CoverageW);

/// <param name="MaxDistance">Leave out predictions farther than this; 0 to 2.</param>
/// <param name="PkCoverage"><c>fixed</c>, or <c>reference</c> for the numbers of the reference program, whose PK coverage can pass 1.</param>
/// <param name="IaFile">http(s) URL, <c>artifact:NAME</c> or a path on the server; null: the snapshot's <c>ia_url</c>.</param>
public sealed record RunEvaluationRequest(
    Guid PredictionSetId, double? MaxDistance = null, string PkCoverage = "fixed", string? IaFile = null);
