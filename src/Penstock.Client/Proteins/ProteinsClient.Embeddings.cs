using Penstock.Client.Jobs;

namespace Penstock.Client.Proteins;

public sealed partial class ProteinsClient
{
    public Task<IReadOnlyList<EmbeddingConfig>> EmbeddingConfigsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<EmbeddingConfig>>("/embeddings/configs", cancellationToken);

    public Task<EmbeddingConfig> EmbeddingConfigAsync(Guid configId, CancellationToken cancellationToken) =>
        client.GetAsync<EmbeddingConfig>($"/embeddings/configs/{configId}", cancellationToken);

    public Task<EmbeddingConfig> CreateEmbeddingConfigAsync(
        CreateEmbeddingConfigRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<EmbeddingConfig>("/embeddings/configs", request, cancellationToken);

    /// <summary>Deletes the configuration with its embeddings and every prediction made from them.</summary>
    public Task<DeletedEmbeddingConfig> DeleteEmbeddingConfigAsync(Guid configId, CancellationToken cancellationToken) =>
        client.DeleteAsync<DeletedEmbeddingConfig>($"/embeddings/configs/{configId}", cancellationToken);

    public Task<QueuedJob> ComputeEmbeddingsAsync(ComputeEmbeddingsRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/embeddings/compute", request, cancellationToken);

    public Task<QueuedJob> PredictAsync(PredictRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/embeddings/predict", request, cancellationToken);

    /// <summary>The latest 100.</summary>
    public Task<IReadOnlyList<PredictionSet>> PredictionSetsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<PredictionSet>>("/embeddings/prediction-sets", cancellationToken);

    public Task<PredictionSetDetail> PredictionSetAsync(Guid predictionSetId, CancellationToken cancellationToken) =>
        client.GetAsync<PredictionSetDetail>($"/embeddings/prediction-sets/{predictionSetId}", cancellationToken);

    public Task<DeletedPredictionSet> DeletePredictionSetAsync(Guid predictionSetId, CancellationToken cancellationToken) =>
        client.DeleteAsync<DeletedPredictionSet>($"/embeddings/prediction-sets/{predictionSetId}", cancellationToken);

    public Task<OffsetPage<PredictedProtein>> PredictedProteinsAsync(
        Guid predictionSetId, string? search, int limit, int offset, CancellationToken cancellationToken) =>
        client.GetAsync<OffsetPage<PredictedProtein>>(
            new ApiPath($"/embeddings/prediction-sets/{predictionSetId}/proteins")
                .With("search", search).With("limit", limit).With("offset", offset),
            cancellationToken);

    /// <summary>The predictions of one protein, nearest first.</summary>
    public Task<IReadOnlyList<Prediction>> PredictionsAsync(
        Guid predictionSetId, string accession, CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<Prediction>>(
            $"/embeddings/prediction-sets/{predictionSetId}/proteins/{ApiPath.Escape(accession)}", cancellationToken);

    public Task<GoTermDistribution> PredictedTermsAsync(Guid predictionSetId, int limit, CancellationToken cancellationToken) =>
        client.GetAsync<GoTermDistribution>(
            new ApiPath($"/embeddings/prediction-sets/{predictionSetId}/go-terms").With("limit", limit), cancellationToken);

    /// <summary>All columns, with a header; the caller disposes it.</summary>
    /// <param name="aspect">P, F or C; null: all.</param>
    public Task<Stream> OpenPredictionsAsync(
        Guid predictionSetId, string? accession, string? aspect, double? maxDistance, CancellationToken cancellationToken) =>
        client.OpenAsync(
            new ApiPath($"/embeddings/prediction-sets/{predictionSetId}/predictions.tsv")
                .With("accession", accession).With("aspect", aspect).With("max_distance", maxDistance),
            cancellationToken);

    /// <summary>Protein, term and score, without a header; the caller disposes it.</summary>
    /// <param name="evaluationSetId">Only the proteins of that evaluation set; null: all.</param>
    public Task<Stream> OpenCafaPredictionsAsync(
        Guid predictionSetId, Guid? evaluationSetId, string? aspect, double? maxDistance, CancellationToken cancellationToken) =>
        client.OpenAsync(
            new ApiPath($"/embeddings/prediction-sets/{predictionSetId}/predictions-cafa.tsv")
                .With("eval_id", evaluationSetId).With("aspect", aspect).With("max_distance", maxDistance),
            cancellationToken);
}
