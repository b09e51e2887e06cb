using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.QuerySets;

/// <summary>A reader's own sequences: annotate them in one step, or keep them and choose every setting.</summary>
internal static class QuerySetPages
{
    /// <summary>Entries shown of a set; the rest is in the exports.</summary>
    public const int EntriesShown = 200;

    public static void MapQuerySetPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/query-sets", ListAsync);
        pages.MapPost("/query-sets", SubmitAsync);
        pages.MapGet("/query-sets/{id:guid}", ShowAsync);
        pages.MapPost("/query-sets/{id:guid}/embed", EmbedAsync);
        pages.MapPost("/query-sets/{id:guid}/predict", PredictAsync);
        pages.MapPost("/query-sets/{id:guid}/delete", DeleteAsync);
        pages.MapGet("/annotations/{embeddingJobId:guid}", ShowProgressAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        Task<IReadOnlyList<AnnotationSet>> references = proteins.AnnotationSetsAsync(null, cancellationToken);
        IReadOnlyList<QuerySet> sets = await proteins.QuerySetsAsync(cancellationToken);
        string? blocker = (await references).Count > 0
            ? null
            : "There are no reference annotations to transfer from yet. Load an ontology, proteins and annotations first.";
        return await call.PageAsync<QuerySetListPage>(new QuerySetListModel(sets, blocker), cancellationToken);
    }

    /// <summary>One form, two buttons: annotate at once, or only keep the sequences.</summary>
    private static async Task<IResult> SubmitAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        await using Stream fasta = OpenFasta(form);
        string name = form.Text("name") ?? "Quick annotation";
        ProteinsClient proteins = new(call.Api);
        if (form.Text("action") == "keep")
        {
            QuerySet kept = await proteins.CreateQuerySetAsync(name, form.Text("description"), fasta, cancellationToken);
            return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.QuerySet(kept.Id), ("notice", Notices.QuerySetMade)));
        }
        AnnotateReply reply = await proteins.AnnotateAsync(name, fasta, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.AnnotationRun(reply.EmbeddingJobId));
    }

    private static Stream OpenFasta(ConsoleForm form)
    {
        if (form.File("file") is { } file)
            return file.OpenReadStream();
        return form.Text("fasta") is { } pasted
            ? new MemoryStream(Encoding.UTF8.GetBytes(pasted))
            : throw new InvalidFormException("Paste sequences in FASTA format, or choose a file of them.");
    }

    private static async Task<IResult> ShowAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        Task<IReadOnlyList<PredictionSet>> predictions = proteins.PredictionSetsAsync(cancellationToken);
        Task<IReadOnlyList<EmbeddingConfig>> configs = proteins.EmbeddingConfigsAsync(cancellationToken);
        Task<IReadOnlyList<AnnotationSet>> references = proteins.AnnotationSetsAsync(null, cancellationToken);
        QuerySetDetail set = await proteins.QuerySetAsync(id, cancellationToken);
        QuerySetModel model = new(set, [.. (await predictions).Where(made => made.QuerySetId == id)], await configs, await references);
        return await call.PageAsync<QuerySetPage>(model, cancellationToken);
    }

    private static async Task<IResult> EmbedAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        QueuedJob job = await new ProteinsClient(call.Api).ComputeEmbeddingsAsync(
            new ComputeEmbeddingsRequest(form.Id("config"), QuerySetId: id), cancellationToken);
        return ConsoleCall.Follow(job);
    }

    private static async Task<IResult> PredictAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        ProteinsClient proteins = new(call.Api);
        AnnotationSet reference = await proteins.AnnotationSetAsync(form.Id("annotation_set"), cancellationToken);
        PredictRequest request = new(
            form.Id("config"), reference.Id, reference.OntologySnapshotId, QuerySetId: id, LimitPerEntry: form.Whole("neighbours") ?? 5,
            DistanceThreshold: form.Number("distance_threshold"), ComputeRerankerFeatures: true, ExcludeSelf: form.Flag("exclude_self"));
        return ConsoleCall.Follow(await proteins.PredictAsync(request, cancellationToken));
    }

    private static async Task<IResult> DeleteAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await new ProteinsClient(call.Api).DeleteQuerySetAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.QuerySets, ("notice", Notices.QuerySetDeleted)));
    }

    private static async Task<IResult> ShowProgressAsync(Guid embeddingJobId, ConsoleCall call, CancellationToken cancellationToken)
    {
        AnnotateStatus status = await new ProteinsClient(call.Api).AnnotateStatusAsync(embeddingJobId, cancellationToken);
        return await call.PageAsync<AnnotationRunPage>(status, cancellationToken);
    }
}
