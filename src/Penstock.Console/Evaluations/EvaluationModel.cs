using Penstock.Client.Proteins;

namespace Penstock.Console.Evaluations;

public sealed record EvaluationListModel(IReadOnlyList<EvaluationSet> Sets, IReadOnlyList<AnnotationSet> AnnotationSets);

/// <param name="Results">Newest first.</param>
/// <param name="Shown">The result looked at; null while there is none.</param>
/// <param name="Curves">Of <paramref name="Shown"/>.</param>
/// <param name="Accretion">Computed on any annotation set; offered when measuring.</param>
/// <param name="IsWeighted">Whether tables and curves show the measures weighted by information accretion.</param>
public sealed record EvaluationModel(
    EvaluationSet Set, IReadOnlyList<EvaluationResult> Results, EvaluationResult? Shown, IReadOnlyList<EvaluationCurve> Curves,
    bool IsWeighted, IReadOnlyList<PredictionSet> PredictionSets, IReadOnlyList<InformationAccretionSet> Accretion)
{
    /// <summary>Whether the shown predictions were made from the very annotations that hold the answers.</summary>
    public bool KnewTheAnswers =>
        Shown is not null && PredictionSets.Any(set => set.Id == Shown.PredictionSetId && set.AnnotationSetId == Set.NewAnnotationSetId);
}
