namespace Penstock.Client.Proteins;

/// <summary>Which proteins to predict GO terms for, from which references, and how.</summary>
/// <param name="LimitPerEntry">Neighbours per query (and per aspect), 1 to 1000.</param>
/// <param name="DistanceThreshold">Neighbours farther than this do not count; null: no limit.</param>
/// <param name="Metric"><c>cosine</c>, or <c>l2</c>: the squared Euclidean distance.</param>
/// <param name="AspectSeparatedKnn">Search each aspect among the proteins annotated in it, instead of once among all.</param>
/// <param name="ComputeRerankerFeatures">Also store votes, ranks, frequencies and spreads.</param>
/// <param name="ExcludeSelf">A reference with the query's own accession does not count.</param>
/// <param name="ProteaCompat">First stored evidence code, votes and frequencies as the original counted them.</param>
/// <param name="ComputeAlignments">Not available in this version: refused when true, as is <paramref name="ComputeTaxonomy"/>.</param>
public sealed record PredictRequest(
    Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, IReadOnlyList<string>? QueryAccessions = null,
    Guid? QuerySetId = null, int LimitPerEntry = 5, double? DistanceThreshold = null, int BatchSize = 128, string Metric = "cosine",
    bool AspectSeparatedKnn = true, bool ComputeRerankerFeatures = false, bool ExcludeSelf = false, bool ProteaCompat = false,
    bool ComputeAlignments = false, bool ComputeTaxonomy = false);
