using Penstock.Client.Proteins;
using Penstock.Console.Proteins;

namespace Penstock.Console.Predictions;

public sealed record PredictionSetModel(
    PredictionSet Set, OffsetPage<PredictedProtein> Proteins, string? Search, GoTermDistribution Terms);

/// <param name="Graph">Of the best predicted terms; null where there is nothing to draw.</param>
/// <param name="IsStored">A protein of this accession has a page of its own.</param>
public sealed record PredictedProteinModel(
    PredictionSet Set, string Accession, IReadOnlyList<Prediction> Predictions, TermGraph? Graph, bool IsStored);
