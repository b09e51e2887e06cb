using Penstock.Client.Proteins;

namespace Penstock.Console.DataLoads;

public sealed record DataLoadsModel(
    ProteinStats Stats, IReadOnlyList<OntologySnapshot> Snapshots, IReadOnlyList<AnnotationSet> AnnotationSets,
    IReadOnlyList<InformationAccretionSet> InformationAccretion, IReadOnlyList<EmbeddingConfig> Configs);
