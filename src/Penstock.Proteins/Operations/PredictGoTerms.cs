using Penstock.Client.Proteins;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Operations;

/// <summary>Predicts GO terms for a query set or for proteins, from the nearest annotated proteins.</summary>
/// <remarks>
/// Safe to run again: the prediction set has an id given before (the job's own, if none), and nothing is dispatched unless
/// the plan was committed.
/// </remarks>
internal sealed class PredictGoTerms(
    PredictionStore predictions, EmbeddingConfigStore configs, AnnotationStore annotations, OntologyStore ontologies, QuerySetStore querySets)
    : Coordinator<PredictGoTerms.Payload, PredictGoTerms.Result>
{
    public const string OperationName = "predict_go_terms";

    /// <summary>Keeps the rows one batch writes at some ten thousand; the search itself gains nothing from more.</summary>
    public const int UsualBatchSize = 128;

    /// <summary>Queries times neighbours in one batch: what a batch writes, it writes in one transaction.</summary>
    private const int NeighboursPerBatchMax = 4_000;

    private static readonly PayloadCheck Check = new(OperationName);

    /// <param name="QueryAccessions">Only these of the query set, or of the proteins.</param>
    /// <param name="DistanceThreshold">At least 0.</param>
    /// <param name="PredictionSetId">Id of the set to be made, for callers that must know it before; null: the job's.</param>
    public sealed record Payload(
        Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, IReadOnlyList<string>? QueryAccessions = null,
        Guid? QuerySetId = null, int LimitPerEntry = 5, double? DistanceThreshold = null, int BatchSize = UsualBatchSize,
        SearchMetric Metric = SearchMetric.Cosine, bool AspectSeparatedKnn = true, bool ComputeRerankerFeatures = false,
        bool ComputeAlignments = false, bool ComputeTaxonomy = false, bool ExcludeSelf = false, bool ProteaCompat = false,
        Guid? PredictionSetId = null);

    /// <param name="PredictionSetId">Null: no query has an embedding, so no set was made.</param>
    public sealed record Result(Guid? PredictionSetId, int Queries, int Batches);

    public override async Task<BatchPlan<Result>> PlanAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        Validate(payload);
        EmbeddingConfig config = await RequireAsync(payload, cancellationToken);
        await job.EmitAsync(
            "predict_go_terms.start",
            new
            {
                payload.EmbeddingConfigId, config.ModelName, payload.AnnotationSetId, payload.OntologySnapshotId, payload.QuerySetId,
                payload.LimitPerEntry, payload.DistanceThreshold, payload.Metric, payload.AspectSeparatedKnn,
            },
            cancellationToken);
        await job.EmitAsync("predict_go_terms.load_queries_start", null, cancellationToken);
        List<StoredQuery> queries = await predictions.QueriesAsync(
            payload.EmbeddingConfigId, payload.QuerySetId, payload.QueryAccessions, cancellationToken);
        await job.EmitAsync("predict_go_terms.load_queries_done", new { Queries = queries.Count }, cancellationToken);
        if (queries.Count == 0)
        {
            await job.EmitAsync(
                "predict_go_terms.no_queries", null, cancellationToken,
                "None of the queries has an embedding of this configuration. Run compute_embeddings first.", JobEventLevel.Warning);
            return new BatchPlan<Result>(new Result(null, 0, 0), [], []);
        }
        Guid setId = payload.PredictionSetId ?? job.JobId;
        await predictions.CreateAsync(ToSet(setId, payload, job.JobId), cancellationToken);
        List<object> items = [.. queries.Chunk(BatchSizeOf(payload)).Select(part => ToItem(setId, payload, part))];
        await job.EmitAsync(
            "predict_go_terms.dispatching", new { Queries = queries.Count, Batches = items.Count, PredictionSetId = setId }, cancellationToken);
        return new BatchPlan<Result>(
            new Result(setId, queries.Count, items.Count), [PredictGoTermsBatch.OperationName, StorePredictions.OperationName], items);
    }

    /// <summary>Checks values; for endpoints too, so that a wrong request is refused before it is a job.</summary>
    internal static void Validate(Payload payload)
    {
        Check.InRange("limit_per_entry", payload.LimitPerEntry, 1, 1_000);
        Check.InRange("distance_threshold", payload.DistanceThreshold, 0, double.MaxValue);
        Check.InRange("batch_size", payload.BatchSize, 1, 1_024);
        if (payload.QueryAccessions is { Count: 0 })
            throw Check.Wrong("query_accessions is empty; leave it out to predict for all.");
        if (payload.ComputeAlignments || payload.ComputeTaxonomy)
            throw Check.Wrong("compute_alignments and compute_taxonomy are not available in this version.");
    }

    /// <exception cref="RecordNotFoundException"/>
    /// <exception cref="SnapshotMismatchException"/>
    internal async Task<EmbeddingConfig> RequireAsync(Payload payload, CancellationToken cancellationToken)
    {
        EmbeddingConfig config = await configs.GetAsync(payload.EmbeddingConfigId, cancellationToken);
        AnnotationSet set = await annotations.GetAsync(payload.AnnotationSetId, cancellationToken);
        OntologySnapshot snapshot = await ontologies.GetAsync(payload.OntologySnapshotId, cancellationToken);
        if (payload.QuerySetId is { } querySetId)
            await querySets.GetAsync(querySetId, cancellationToken);
        if (set.OntologySnapshotId != snapshot.Id)
            throw new SnapshotMismatchException(
                $"Annotation set {set.Id} is of ontology {set.OboVersion}, not of {snapshot.OboVersion} ({snapshot.Id}). " +
                $"Give ontology_snapshot_id {set.OntologySnapshotId}.");
        return config;
    }

    /// <summary>As asked, but fewer where each query has many neighbours; PROTEA's counts depend on the batch, so there as asked.</summary>
    private static int BatchSizeOf(Payload payload) =>
        payload.ProteaCompat ? payload.BatchSize : Math.Min(payload.BatchSize, Math.Max(1, NeighboursPerBatchMax / payload.LimitPerEntry));

    private static NewPredictionSet ToSet(Guid setId, Payload payload, Guid jobId) => new(
        setId, payload.EmbeddingConfigId, payload.AnnotationSetId, payload.OntologySnapshotId, payload.QuerySetId,
        payload.LimitPerEntry, payload.DistanceThreshold,
        PayloadJson.Write(new
        {
            payload.Metric, payload.AspectSeparatedKnn, payload.ComputeRerankerFeatures, payload.ExcludeSelf, payload.ProteaCompat,
        }),
        jobId);

    private static PredictGoTermsBatch.Item ToItem(Guid setId, Payload payload, StoredQuery[] queries) => new(
        setId, payload.EmbeddingConfigId, payload.AnnotationSetId, payload.OntologySnapshotId, queries, payload.LimitPerEntry,
        payload.DistanceThreshold, payload.Metric, payload.AspectSeparatedKnn, payload.ComputeRerankerFeatures, payload.ExcludeSelf,
        payload.ProteaCompat);
}

/// <summary>The distance predictions are made by.</summary>
internal enum SearchMetric
{
    Cosine,

    /// <summary>Squared Euclidean.</summary>
    L2,
}
