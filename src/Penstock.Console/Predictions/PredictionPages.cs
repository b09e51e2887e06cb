using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Console.Hosting;
using Penstock.Console.Proteins;

namespace Penstock.Console.Predictions;

/// <summary>Runs of predictions, one run, and one protein of it.</summary>
internal static class PredictionPages
{
    public const int PageSize = 50;
    private const int TermsShown = 8;

    public static void MapPredictionPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/predictions", ListAsync);
        pages.MapGet("/predictions/{id:guid}", ShowAsync);
        pages.MapGet("/predictions/{id:guid}/{accession}", ShowProteinAsync);
        pages.MapPost("/predictions/{id:guid}/delete", DeleteAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken) =>
        await call.PageAsync<PredictionSetListPage>(
            await new ProteinsClient(call.Api).PredictionSetsAsync(cancellationToken), cancellationToken);

    private static async Task<IResult> ShowAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        string? search = PageQuery.Text(call.Request, "search");
        int offset = PageQuery.Number(call.Request, "offset", 0, 0, int.MaxValue);
        PredictionSetDetail detail = await proteins.PredictionSetAsync(id, cancellationToken);
        Task<GoTermDistribution> terms = proteins.PredictedTermsAsync(id, TermsShown, cancellationToken);
        OffsetPage<PredictedProtein> page = await proteins.PredictedProteinsAsync(id, search, PageSize, offset, cancellationToken);
        return await call.PageAsync<PredictionSetPage>(
            new PredictionSetModel(detail.Set, page, search, await terms), cancellationToken);
    }

    private static async Task<IResult> ShowProteinAsync(Guid id, string accession, ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        PredictionSetDetail detail = await proteins.PredictionSetAsync(id, cancellationToken);
        IReadOnlyList<Prediction> predictions = await proteins.PredictionsAsync(id, accession, cancellationToken);
        TermGraph? graph = await TermGraphs.LoadAsync(
            call, detail.Set.OntologySnapshotId, predictions.Select(row => (row.GoId, row.Aspect)), cancellationToken);
        OffsetPage<PredictedProtein> found = await proteins.PredictedProteinsAsync(id, accession, PageSize, 0, cancellationToken);
        bool isStored = found.Items.Any(row => row.Accession == accession && row.InDb);
        return await call.PageAsync<PredictedProteinPage>(
            new PredictedProteinModel(detail.Set, accession, predictions, graph, isStored), cancellationToken);
    }

    private static async Task<IResult> DeleteAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await new ProteinsClient(call.Api).DeletePredictionSetAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Predictions, ("notice", Notices.PredictionSetDeleted)));
    }
}
