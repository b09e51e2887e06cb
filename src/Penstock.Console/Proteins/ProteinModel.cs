using Penstock.Client.Proteins;

namespace Penstock.Console.Proteins;

/// <param name="Annotations">In all annotation sets.</param>
/// <param name="Predictions">Of this protein in <paramref name="PredictionSet"/>.</param>
/// <param name="PredictionSet">Null while there is none.</param>
/// <param name="Graph">Null where there is nothing to draw.</param>
public sealed record ProteinModel(
    ProteinDetail Protein, IReadOnlyList<ProteinAnnotation> Annotations, IReadOnlyList<PredictionSet> PredictionSets,
    PredictionSet? PredictionSet, IReadOnlyList<Prediction> Predictions, TermGraph? Graph);

/// <summary>A drawn part of the ontology, and what its address asks for.</summary>
/// <param name="Shown">Terms drawn, of <paramref name="Total"/> that fit the aspect.</param>
public sealed record TermGraph(GoSubgraph Subgraph, string Aspect, int Depth, int Shown, int Total);
