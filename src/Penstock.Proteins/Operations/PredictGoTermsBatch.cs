using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Proteins.Neighbours;
using Penstock.Proteins.Storage;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Operations;

/// <summary>Finds the neighbours of some queries and takes over their terms; the next stage stores them.</summary>
internal sealed class PredictGoTermsBatch(ReferenceCache references, EmbeddingStore embeddings) : ItemOperation<PredictGoTermsBatch.Item>
{
    public const string OperationName = "predict_go_terms_batch";

    public sealed record Item(
        Guid PredictionSetId, Guid EmbeddingConfigId, Guid AnnotationSetId, Guid OntologySnapshotId, IReadOnlyList<StoredQuery> Queries,
        int LimitPerEntry, double? DistanceThreshold, SearchMetric Metric, bool AspectSeparatedKnn, bool ComputeRerankerFeatures,
        bool ExcludeSelf, bool ProteaCompat);

    public override async Task<ItemOutcome> RunAsync(Item item, ItemContext context, CancellationToken cancellationToken)
    {
        long startedAt = context.Time.GetTimestamp();
        ReferenceKey key = new(
            item.EmbeddingConfigId, item.AnnotationSetId, item.OntologySnapshotId,
            item.Metric == SearchMetric.Cosine ? DistanceMetric.Cosine : DistanceMetric.SquaredL2);
        (References found, bool wasCached) = await references.GetAsync(key, cancellationToken);
        List<ItemEvent> events = [new("predict_go_terms_batch.load_references_done", new
        {
            References = found.Set.RowCount, EmbeddingsMb = Math.Round(found.VectorBytes / 1e6, 1), Source = wasCached ? "memory" : "database",
        })];
        List<QueryPredictions> predicted = [];
        if (found.Knn is null)
            events.Add(new(
                "predict_go_terms_batch.no_references", new { }, "No annotated protein of the set has an embedding of this configuration.",
                JobEventLevel.Warning));
        else
            predicted = await PredictAsync(item, found, found.Knn, cancellationToken);
        events.Add(new("predict_go_terms_batch.done", new
        {
            Queries = item.Queries.Count, Predictions = predicted.Sum(q => q.Terms.Count),
            ElapsedSeconds = context.Time.GetElapsedTime(startedAt).TotalSeconds,
        }));
        return new ItemOutcome(Next: new StorePredictions.Item(item.PredictionSetId, predicted)) { Events = events };
    }

    private async Task<List<QueryPredictions>> PredictAsync(Item item, References found, ExactKnn knn, CancellationToken cancellationToken)
    {
        (List<string> accessions, float[] vectors) = await ReadQueriesAsync(item, knn.Dimension, cancellationToken);
        GoTransfer transfer = new(knn, found.Set, new TransferOptions(
            item.LimitPerEntry, item.DistanceThreshold, item.AspectSeparatedKnn, item.ExcludeSelf,
            item.ProteaCompat ? TransferAccounting.ProteaCompat : TransferAccounting.DistinctReferences,
            item.ComputeRerankerFeatures, Environment.ProcessorCount));
        IReadOnlyList<PredictionRow> rows = await Task.Run(() => transfer.Predict(accessions, vectors, cancellationToken), cancellationToken);
        return [.. rows.GroupBy(row => row.ProteinAccession, StringComparer.Ordinal)
            .Select(query => new QueryPredictions(query.Key, [.. query.Select(row => ToTerm(row, found.TermIds))]))];
    }

    /// <summary>Queries whose embedding was deleted in the meantime are left out.</summary>
    private async Task<(List<string> Accessions, float[] Vectors)> ReadQueriesAsync(
        Item item, int dimension, CancellationToken cancellationToken)
    {
        Dictionary<long, float[]> vectorOf = await embeddings.VectorsAsync(
            item.EmbeddingConfigId, [.. item.Queries.Select(q => q.SequenceId).Distinct()], cancellationToken);
        List<string> accessions = [];
        List<float> vectors = new(item.Queries.Count * dimension);
        foreach (StoredQuery query in item.Queries)
        {
            if (!vectorOf.TryGetValue(query.SequenceId, out float[]? vector))
                continue;
            if (vector.Length != dimension)
                throw ReferenceSetException.OtherDimension(query.Accession, vector.Length, dimension);
            accessions.Add(query.Accession);
            vectors.AddRange(vector);
        }
        return (accessions, [.. vectors]);
    }

    private static PredictedTerm ToTerm(PredictionRow row, IReadOnlyDictionary<string, long> termIds) => new(
        termIds[row.GoId], row.RefProteinAccession, row.Distance, row.Qualifier, row.EvidenceCode,
        row.VoteCount is null
            ? null
            : new VoteFeatures(
                row.VoteCount.Value, row.KPosition!.Value, row.GoTermFrequency!.Value, row.RefAnnotationDensity!.Value,
                row.NeighborDistanceStd!.Value));
}
