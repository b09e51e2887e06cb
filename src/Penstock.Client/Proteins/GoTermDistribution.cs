namespace Penstock.Client.Proteins;

/// <summary>Which terms a prediction set holds most.</summary>
/// <param name="ByAspect">Most frequent terms, by <c>F</c>, <c>P</c>, <c>C</c>, <c>other</c>.</param>
/// <param name="AspectTotals">Predictions by aspect.</param>
public sealed record GoTermDistribution(
    IReadOnlyDictionary<string, IReadOnlyList<GoTermCount>> ByAspect, IReadOnlyDictionary<string, long> AspectTotals,
    IReadOnlyList<GoTermCount> TopTerms);

public sealed record GoTermCount(string GoId, string Name, string? Aspect, long Count);
