using Penstock.Client.Jobs;

namespace Penstock.Client.Proteins;

/// <summary>The protein pipeline's endpoints, typed. Errors and credentials are those of the <see cref="PenstockClient"/> it uses.</summary>
public sealed partial class ProteinsClient(PenstockClient client)
{
    public ProteinsClient(HttpClient http)
        : this(new PenstockClient(http))
    {
    }

    public Task<ProteinStats> StatsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<ProteinStats>("/proteins/stats", cancellationToken);

    public Task<OffsetPage<ProteinSummary>> ProteinsAsync(ProteinQuery query, CancellationToken cancellationToken) =>
        client.GetAsync<OffsetPage<ProteinSummary>>(
            new ApiPath("/proteins").With("search", query.Search).With("reviewed", query.Reviewed)
                .With("canonical_only", query.CanonicalOnly).With("limit", query.Limit).With("offset", query.Offset),
            cancellationToken);

    public Task<ProteinDetail> ProteinAsync(string accession, CancellationToken cancellationToken) =>
        client.GetAsync<ProteinDetail>($"/proteins/{Uri.EscapeDataString(accession)}", cancellationToken);

    /// <param name="annotationSetId">Null: of all sets.</param>
    public Task<IReadOnlyList<ProteinAnnotation>> ProteinAnnotationsAsync(
        string accession, Guid? annotationSetId, CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<ProteinAnnotation>>(
            new ApiPath($"/proteins/{Uri.EscapeDataString(accession)}/annotations").With("annotation_set_id", annotationSetId),
            cancellationToken);

    public Task<QueuedJob> InsertProteinsAsync(InsertProteinsRequest request, CancellationToken cancellationToken) =>
        client.PostAsync<QueuedJob>("/proteins/insert", request, cancellationToken);

    public Task<IReadOnlyList<QuerySet>> QuerySetsAsync(CancellationToken cancellationToken) =>
        client.GetAsync<IReadOnlyList<QuerySet>>("/query-sets", cancellationToken);

    public Task<QuerySetDetail> QuerySetAsync(Guid querySetId, CancellationToken cancellationToken) =>
        client.GetAsync<QuerySetDetail>($"/query-sets/{querySetId}", cancellationToken);

    /// <param name="fasta">FASTA text, plain or gzip, at most 50 MiB unpacked.</param>
    public async Task<QuerySet> CreateQuerySetAsync(
        string name, string? description, Stream fasta, CancellationToken cancellationToken)
    {
        using MultipartFormDataContent form = Form(name, fasta);
        if (description is not null)
            form.Add(new StringContent(description), "description");
        return await client.SendAsync<QuerySet>(HttpMethod.Post, "/query-sets", form, cancellationToken);
    }

    public Task<DeletedQuerySet> DeleteQuerySetAsync(Guid querySetId, CancellationToken cancellationToken) =>
        client.DeleteAsync<DeletedQuerySet>($"/query-sets/{querySetId}", cancellationToken);

    /// <summary>Embeds the sequences and predicts their terms; the server runs it to the end.</summary>
    public async Task<AnnotateReply> AnnotateAsync(string name, Stream fasta, CancellationToken cancellationToken)
    {
        using MultipartFormDataContent form = Form(name, fasta);
        return await client.SendAsync<AnnotateReply>(HttpMethod.Post, "/annotate", form, cancellationToken);
    }

    /// <param name="embeddingJobId">From <see cref="AnnotateReply.EmbeddingJobId"/>.</param>
    public Task<AnnotateStatus> AnnotateStatusAsync(Guid embeddingJobId, CancellationToken cancellationToken) =>
        client.GetAsync<AnnotateStatus>($"/annotate/{embeddingJobId}", cancellationToken);

    private static MultipartFormDataContent Form(string name, Stream fasta) =>
        new() { { new StringContent(name), "name" }, { new StreamContent(fasta), "file", "queries.fasta" } };
}
