using Penstock.Client.Jobs;

namespace Penstock.Client.Proteins;

public sealed partial class ProteinsClient
{
    public Task<IReadOnlyList<OntologySnapshot>> SnapshotsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<OntologySnapshot>>("/annotations/snapshots", cancellationToken);

    public Task<OntologySnapshot> SnapshotAsync(Guid snapshotId, CancellationToken cancellationToken) =>
        client.GetAsync<OntologySnapshot>($"/annotations/snapshots/{snapshotId}", cancellationToken);

    public Task<OntologySnapshot> SetIaUrlAsync(Guid snapshotId, string? iaUrl, CancellationToken cancellationToken) =>
        client.PatchAsync<OntologySnapshot>(
            $"/annotations/snapshots/{snapshotId}/ia-url", new SetIaUrlRequest(iaUrl), cancellationToken);

    public Task<QueuedJob> LoadOntologyAsync(LoadOntologyRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/annotations/snapshots/load", request, cancellationToken);

    /// <param name="depth">Steps upwards, 1 to 6.</param>
    public Task<GoSubgraph> SubgraphAsync(
        Guid snapshotId, IEnumerable<string> goIds, int depth, CancellationToken cancellationToken) =>
        client.GetAsync<GoSubgraph>(
            new ApiPath($"/annotations/snapshots/{snapshotId}/subgraph").With("go_ids", string.Join(',', goIds)).With("depth", depth),
            cancellationToken);

    public Task<IReadOnlyList<AnnotationSet>> AnnotationSetsAsync(string? source, CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<AnnotationSet>>(new ApiPath("/annotations/sets").With("source", source), cancellationToken);

    public Task<AnnotationSet> AnnotationSetAsync(Guid annotationSetId, CancellationToken cancellationToken) =>
        client.GetAsync<AnnotationSet>($"/annotations/sets/{annotationSetId}", cancellationToken);

    public Task<DeletedAnnotationSet> DeleteAnnotationSetAsync(Guid annotationSetId, CancellationToken cancellationToken) =>
        client.DeleteAsync<DeletedAnnotationSet>($"/annotations/sets/{annotationSetId}", cancellationToken);

    public Task<QueuedJob> LoadGoaAsync(LoadGoaRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/annotations/sets/load-goa", request, cancellationToken);

    public Task<IReadOnlyList<InformationAccretionSet>> InformationAccretionAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<InformationAccretionSet>>("/annotations/information-accretion", cancellationToken);

    public Task<QueuedJob> ComputeInformationAccretionAsync(
        ComputeInformationAccretionRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/annotations/information-accretion", request, cancellationToken);

    /// <summary>The table, term TAB bits; the caller disposes it.</summary>
    public Task<Stream> OpenInformationAccretionAsync(Guid setId, CancellationToken cancellationToken) =>
        client.OpenAsync($"/annotations/information-accretion/{setId}/ia.tsv", cancellationToken);

    public Task<IReadOnlyList<EvaluationSet>> EvaluationSetsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<EvaluationSet>>("/annotations/evaluation-sets", cancellationToken);

    public Task<EvaluationSet> EvaluationSetAsync(Guid evaluationSetId, CancellationToken cancellationToken) =>
        client.GetAsync<EvaluationSet>($"/annotations/evaluation-sets/{evaluationSetId}", cancellationToken);

    public Task<QueuedJob> GenerateEvaluationSetAsync(
        GenerateEvaluationSetRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/annotations/evaluation-sets/generate", request, cancellationToken);

    public Task DeleteEvaluationSetAsync(Guid evaluationSetId, CancellationToken cancellationToken) =>
        client.SendAsync(HttpMethod.Delete, $"/annotations/evaluation-sets/{evaluationSetId}", null, cancellationToken);

    /// <param name="file"><c>ground-truth-NK.tsv</c> (or LK, PK), <c>known-terms.tsv</c> or <c>delta-proteins.fasta?category=nk|lk|pk|all</c>.</param>
    public Task<Stream> OpenEvaluationFileAsync(Guid evaluationSetId, string file, CancellationToken cancellationToken) =>
        client.OpenAsync($"/annotations/evaluation-sets/{evaluationSetId}/{file}", cancellationToken);

    public Task<QueuedJob> RunEvaluationAsync(
        Guid evaluationSetId, RunEvaluationRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>($"/annotations/evaluation-sets/{evaluationSetId}/run", request, cancellationToken);

    public Task<IReadOnlyList<EvaluationResult>> EvaluationResultsAsync(Guid evaluationSetId, CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<EvaluationResult>>(
            $"/annotations/evaluation-sets/{evaluationSetId}/results", cancellationToken);

    public Task<IReadOnlyList<EvaluationCurve>> EvaluationCurvesAsync(
        Guid evaluationSetId, Guid resultId, CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<EvaluationCurve>>(
            $"/annotations/evaluation-sets/{evaluationSetId}/results/{resultId}/curves", cancellationToken);

    /// <param name="file"><c>metrics.tsv</c> or <c>artifacts.zip</c>.</param>
    public Task<Stream> OpenEvaluationResultFileAsync(
        Guid evaluationSetId, Guid resultId, string file, CancellationToken cancellationToken) =>
        client.OpenAsync($"/annotations/evaluation-sets/{evaluationSetId}/results/{resultId}/{file}", cancellationToken);

    public Task DeleteEvaluationResultAsync(Guid evaluationSetId, Guid resultId, CancellationToken cancellationToken) =>
        client.SendAsync(
            HttpMethod.Delete, $"/annotations/evaluation-sets/{evaluationSetId}/results/{resultId}", null, cancellationToken);
}
