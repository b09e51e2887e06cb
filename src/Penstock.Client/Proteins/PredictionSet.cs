namespace Penstock.Client.Proteins;

/// <summary>The predictions of one run.</summary>
/// <param name="AnnotationSetLabel">Source and version of the reference annotations.</param>
/// <param name="Status">Of the job that makes it: complete when <c>succeeded</c>; null when the job is past its retention.</param>
public sealed record PredictionSet(
    Guid Id, Guid EmbeddingConfigId, string EmbeddingConfigName, Guid AnnotationSetId, string AnnotationSetLabel,
    Guid OntologySnapshotId, string OboVersion, Guid? QuerySetId, string? QuerySetName, int LimitPerEntry, double? DistanceThreshold,
    DateTimeOffset CreatedAt, string? Status, long PredictionCount);

/// <param name="PerProteinCounts">Predicted terms by query accession.</param>
public sealed record PredictionSetDetail(PredictionSet Set, IReadOnlyDictionary<string, long> PerProteinCounts);

public sealed record DeletedPredictionSet(Guid Deleted, long PredictionsDeleted);
