using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.DataLoads;

/// <summary>What the protein pipeline stands on: proteins, ontologies, annotations, information accretion, embeddings.</summary>
internal static class DataLoadPages
{
    public static void MapDataLoadPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/data", ShowAsync);
        pages.MapPost("/data/proteins", LoadProteinsAsync);
        pages.MapPost("/data/ontology", LoadOntologyAsync);
        pages.MapPost("/data/annotations", LoadAnnotationsAsync);
        pages.MapPost("/data/annotations/{id:guid}/delete", DeleteAnnotationsAsync);
        pages.MapPost("/data/information-accretion", ComputeAccretionAsync);
        pages.MapPost("/data/embedding-configs", MakeConfigAsync);
        pages.MapPost("/data/embeddings", ComputeEmbeddingsAsync);
    }

    private static async Task<IResult> ShowAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        Task<IReadOnlyList<OntologySnapshot>> snapshots = proteins.SnapshotsAsync(cancellationToken);
        Task<IReadOnlyList<AnnotationSet>> annotations = proteins.AnnotationSetsAsync(null, cancellationToken);
        Task<IReadOnlyList<InformationAccretionSet>> accretion = proteins.InformationAccretionAsync(cancellationToken);
        Task<IReadOnlyList<EmbeddingConfig>> configs = proteins.EmbeddingConfigsAsync(cancellationToken);
        ProteinStats stats = await proteins.StatsAsync(cancellationToken);
        DataLoadsModel model = new(stats, await snapshots, await annotations, await accretion, await configs);
        return await call.PageAsync<DataLoadsPage>(model, cancellationToken);
    }

    private static async Task<IResult> LoadProteinsAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        InsertProteinsRequest request = new(
            form.Text("search_criteria"), form.Text("fasta_url"), TotalLimit: form.Whole("total_limit"), IncludeIsoforms: form.Flag("include_isoforms"));
        if (request is { SearchCriteria: null, FastaUrl: null })
            throw new InvalidFormException("Give a FASTA file's place or a UniProt query.");
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).InsertProteinsAsync(request, cancellationToken));
    }

    private static async Task<IResult> LoadOntologyAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        LoadOntologyRequest request = new(form.Required("obo_url"));
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).LoadOntologyAsync(request, cancellationToken));
    }

    private static async Task<IResult> LoadAnnotationsAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        LoadGoaRequest request = new(form.Id("ontology"), form.Required("gaf_url"), form.Required("source_version"));
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).LoadGoaAsync(request, cancellationToken));
    }

    private static async Task<IResult> DeleteAnnotationsAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await new ProteinsClient(call.Api).DeleteAnnotationSetAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.DataLoads, ("notice", Notices.AnnotationSetDeleted)));
    }

    private static async Task<IResult> ComputeAccretionAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        ComputeInformationAccretionRequest request = new(form.Id("annotation_set"), form.Text("evidence_regime") ?? "lafa");
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).ComputeInformationAccretionAsync(request, cancellationToken));
    }

    private static async Task<IResult> MakeConfigAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        CreateEmbeddingConfigRequest request = new()
        {
            ModelName = form.Required("model_name"),
            Description = form.Text("description"),
        };
        await new ProteinsClient(call.Api).CreateEmbeddingConfigAsync(request, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.DataLoads, ("notice", Notices.ConfigMade)));
    }

    private static async Task<IResult> ComputeEmbeddingsAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        ComputeEmbeddingsRequest request = new(form.Id("config"));
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).ComputeEmbeddingsAsync(request, cancellationToken));
    }
}
