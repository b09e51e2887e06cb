using Penstock.Client.Proteins;

namespace Penstock.Console.QuerySets;

/// <param name="Predictions">Made from this query set.</param>
public sealed record QuerySetModel(
    QuerySetDetail Set, IReadOnlyList<PredictionSet> Predictions, IReadOnlyList<EmbeddingConfig> Configs,
    IReadOnlyList<AnnotationSet> AnnotationSets);
