namespace Penstock.Client.Proteins;

/// <summary>A one-click annotation: sequences in, predicted terms out, run to the end by the server.</summary>
/// <param name="EmbeddingJobId">The first job; ask <c>GET /annotate/{embedding_job_id}</c> how far it is.</param>
/// <param name="PredictionJobId">The second job, enqueued when the first succeeds.</param>
/// <param name="PredictionSetId">Where the predictions will be.</param>
public sealed record AnnotateReply(
    Guid QuerySetId, Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, Guid EmbeddingJobId, Guid PredictionJobId,
    Guid PredictionSetId, int SequenceCount);

/// <summary>How far a one-click annotation is.</summary>
/// <param name="Stage"><c>embedding</c>, <c>predicting</c>, <c>done</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="ProgressCurrent">Of the present stage's job; null until it reports any.</param>
public sealed record AnnotateStatus(
    string Stage, Guid EmbeddingJobId, string EmbeddingStatus, Guid PredictionJobId, string? PredictionStatus, Guid PredictionSetId,
    Guid QuerySetId, long? ProgressCurrent, long? ProgressTotal, string? ErrorCode, string? ErrorMessage);
