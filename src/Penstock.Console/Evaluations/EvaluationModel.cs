using Penstock.Client.Proteins;

namespace Penstock.Console.Evaluations;

public sealed record EvaluationListModel(IReadOnlyList<EvaluationSet> Sets, IReadOnlyList<AnnotationSet> AnnotationSets);

/// <param name="Results">Newest first.</param>
/// <param name="Shown">The result looked at; null while there is none.</param>
/// <param name="Curves">Of <paramref name="Shown"/>.</param>
/// <param name="IsWeighted">Whether tables and curves show the measures weighted by information accretion.</param>
public sealed record EvaluationModel(
    EvaluationSet Set, IReadOnlyList<EvaluationResult> Results, EvaluationResult? Shown, IReadOnlyList<EvaluationCurve> Curves,
    bool IsWeighted, IReadOnlyList<PredictionSet> PredictionSets);
