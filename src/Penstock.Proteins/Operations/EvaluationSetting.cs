using Penstock.Engine;
using Penstock.Proteins.Evaluation;

namespace Penstock.Proteins.Operations;

/// <summary>One of the three ground truths of a delta.</summary>
/// <param name="Name"><c>NK</c>, <c>LK</c> or <c>PK</c>.</param>
/// <param name="Known">Terms to leave out; null: none.</param>
internal sealed record EvaluationSetting(string Name, IReadOnlyList<ProteinTerm> Truth, IReadOnlyList<ProteinTerm>? Known)
{
    /// <summary>Those that have any protein.</summary>
    public static IEnumerable<EvaluationSetting> Of(AnnotationDelta delta) => new EvaluationSetting[]
    {
        new("NK", delta.NoKnowledge, null),
        new("LK", delta.LimitedKnowledge, null),
        new("PK", delta.PartialKnowledge, delta.PartialKnown),
    }.Where(setting => setting.Truth.Count > 0);
}

internal static class DeltaTargets
{
    /// <summary>The proteins to predict for: of all three categories.</summary>
    public static HashSet<string> Targets(this AnnotationDelta delta) => new(
        delta.NoKnowledge.Concat(delta.LimitedKnowledge).Concat(delta.PartialKnowledge).Select(pair => pair.Accession),
        StringComparer.Ordinal);
}

internal sealed record EvaluatedSetting(string Setting, EvaluationTable Table);

/// <summary>The two annotation sets of an evaluation do not differ.</summary>
public sealed class NothingToEvaluateException(Guid evaluationSetId) : PenstockException(
    "no-delta-proteins",
    $"No delta proteins found: the newer set of evaluation set {evaluationSetId} adds no experimental annotation to the older one. " +
    "Compare sets that lie farther apart.");
