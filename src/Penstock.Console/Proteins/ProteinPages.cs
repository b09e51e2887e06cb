using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Errors;
using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.Proteins;

/// <summary>The stored proteins, and one of them with what is known and what is predicted.</summary>
internal static class ProteinPages
{
    public const int PageSize = 50;

    public static void MapProteinPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/proteins", ListAsync);
        pages.MapGet("/proteins/{accession}", ShowAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        HttpRequest request = call.Request;
        string? search = PageQuery.Text(request, "search");
        ProteinListFilter filter = new(
            search?[..Math.Min(search.Length, 100)], PageQuery.Word(request, "reviewed", "yes", "no"),
            PageQuery.Flag(request, "isoforms"), PageQuery.Number(request, "offset", 0, 0, int.MaxValue));
        ProteinsClient proteins = new(call.Api);
        Task<ProteinStats> stats = proteins.StatsAsync(cancellationToken);
        ProteinQuery query = new(
            filter.Search, filter.Reviewed is null ? null : filter.Reviewed == "yes", !filter.Isoforms, PageSize, filter.Offset);
        OffsetPage<ProteinSummary> page = await proteins.ProteinsAsync(query, cancellationToken);
        return await call.PageAsync<ProteinListPage>(new ProteinListModel(filter, page, await stats), cancellationToken);
    }

    private static async Task<IResult> ShowAsync(string accession, ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        ProteinDetail protein = await proteins.ProteinAsync(accession, cancellationToken);
        Task<IReadOnlyList<ProteinAnnotation>> annotations = proteins.ProteinAnnotationsAsync(accession, null, cancellationToken);
        Task<IReadOnlyList<AnnotationSet>> annotationSets = proteins.AnnotationSetsAsync(null, cancellationToken);
        IReadOnlyList<PredictionSet> sets = await proteins.PredictionSetsAsync(cancellationToken);
        PredictionSet? chosen = sets.FirstOrDefault(set => set.Id == PageQuery.Id(call.Request, "set"))
            ?? (sets is [var newest, ..] ? newest : null);
        IReadOnlyList<Prediction> predictions = chosen is null ? [] : await FindPredictionsAsync(proteins, chosen.Id, accession, cancellationToken);

        IReadOnlyList<ProteinAnnotation> known = await annotations;
        Guid? snapshot = chosen?.OntologySnapshotId
            ?? (known is [var first, ..] ? (await annotationSets).FirstOrDefault(set => set.Id == first.AnnotationSetId)?.OntologySnapshotId : null);
        TermGraph? graph = snapshot is { } id
            ? await TermGraphs.LoadAsync(
                call, id,
                known.Where(row => !IsNegated(row.Qualifier)).Select(row => (row.GoId, row.Aspect))
                    .Concat(predictions.Select(row => (row.GoId, row.Aspect))),
                cancellationToken)
            : null;
        return await call.PageAsync<ProteinPage>(
            new ProteinModel(protein, known, sets, chosen, predictions, graph), cancellationToken);
    }

    /// <summary>Whether an annotation says that the protein does not have the function.</summary>
    public static bool IsNegated(string? qualifier) => qualifier?.Contains("NOT", StringComparison.Ordinal) == true;

    // A set that never asked about this protein answers 404: to this page that is "no predictions", not an error.
    private static async Task<IReadOnlyList<Prediction>> FindPredictionsAsync(
        ProteinsClient proteins, Guid setId, string accession, CancellationToken cancellationToken)
    {
        try
        {
            return await proteins.PredictionsAsync(setId, accession, cancellationToken);
        }
        catch (PenstockApiException error) when (error.Status == System.Net.HttpStatusCode.NotFound)
        {
            return [];
        }
    }
}
