using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;
using Penstock.Proteins.Ontology;
using Penstock.Proteins.Storage;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Endpoints;

/// <summary>Prediction sets. Their downloads: see <see cref="PredictionDownloads"/>.</summary>
internal static class PredictionEndpoints
{
    private const int RowsUsual = 50;
    private const int RowsMax = 500;

    public static void MapPredictionSets(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder sets = routes.MapGroup("/embeddings/prediction-sets").WithTags("Predictions");
        RouteGroupBuilder read = sets.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync);
        read.MapGet("/{predictionSetId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{predictionSetId}/proteins", ProteinsAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{predictionSetId}/proteins/{**accession}", ProteinAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{predictionSetId}/go-terms", TermsAsync).ProducesProblem(StatusCodes.Status404NotFound);
        sets.MapDelete("/{predictionSetId}", DeleteAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>The latest 100 prediction sets.</summary>
    internal static async Task<Ok<List<PredictionSet>>> ListAsync(
        PredictionCatalog predictions, IJobReader jobs, CancellationToken cancellationToken)
    {
        List<PredictionSet> sets = [];
        foreach ((PredictionSet set, Guid jobId) in await predictions.ListAsync(cancellationToken))
            sets.Add(await WithStatusAsync(set, jobId, jobs, cancellationToken));
        return TypedResults.Ok(sets);
    }

    /// <summary>One prediction set with the number of terms of each protein.</summary>
    internal static async Task<Ok<PredictionSetDetail>> FindAsync(
        Guid predictionSetId, PredictionCatalog predictions, IJobReader jobs, CancellationToken cancellationToken)
    {
        (PredictionSet set, Guid jobId) = await predictions.GetAsync(predictionSetId, cancellationToken);
        return TypedResults.Ok(new PredictionSetDetail(
            await WithStatusAsync(set, jobId, jobs, cancellationToken), await predictions.CountsAsync(predictionSetId, cancellationToken)));
    }

    /// <summary>The proteins of a set, each with its counts and its nearest reference.</summary>
    /// <param name="search">Part of an accession; at most 100 characters.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    internal static async Task<Ok<OffsetPage<PredictedProtein>>> ProteinsAsync(
        Guid predictionSetId, PredictionCatalog predictions, CancellationToken cancellationToken, string? search = null, int? limit = null,
        int? offset = null)
    {
        string? text = SearchText.Checked(search);
        int rows = PageSize.Checked(limit, RowsUsual, RowsMax);
        int skip = PageSize.CheckedOffset(offset);
        (PredictionSet set, _) = await predictions.GetAsync(predictionSetId, cancellationToken);
        return TypedResults.Ok(await predictions.ProteinsAsync(set, text, rows, skip, cancellationToken));
    }

    /// <summary>The predictions for one protein, nearest reference first.</summary>
    internal static async Task<Ok<List<Prediction>>> ProteinAsync(
        Guid predictionSetId, string accession, PredictionCatalog predictions, CancellationToken cancellationToken)
    {
        await predictions.GetAsync(predictionSetId, cancellationToken);
        List<Prediction> found = [];
        await predictions.ReadRowsAsync(
            predictionSetId, new PredictionFilter(accession),
            (row, _) =>
            {
                found.Add(ToView(row));
                return ValueTask.CompletedTask;
            },
            cancellationToken);
        return found.Count > 0
            ? TypedResults.Ok(found)
            : throw RecordNotFoundException.PredictedProtein(predictionSetId, accession);
    }

    /// <summary>Which terms are predicted most, in all and by aspect.</summary>
    /// <param name="limit">Terms listed, 1 to 500; default 50.</param>
    internal static async Task<Ok<GoTermDistribution>> TermsAsync(
        Guid predictionSetId, PredictionCatalog predictions, CancellationToken cancellationToken, int? limit = null)
    {
        int most = PageSize.Checked(limit, RowsUsual, RowsMax);
        await predictions.GetAsync(predictionSetId, cancellationToken);
        List<GoTermCount> terms = await predictions.TermsAsync(predictionSetId, cancellationToken);
        ILookup<string, GoTermCount> byAspect = terms.ToLookup(term => term.Aspect ?? "other");
        string[] aspects = ["F", "P", "C", "other"];
        return TypedResults.Ok(new GoTermDistribution(
            aspects.ToDictionary(a => a, a => (IReadOnlyList<GoTermCount>)[.. byAspect[a].Take(most)]),
            aspects.ToDictionary(a => a, a => byAspect[a].Sum(term => term.Count)),
            [.. terms.Take(most)]));
    }

    /// <summary>Deletes a set with its predictions and their evaluation results; refused while its job runs.</summary>
    internal static async Task<Ok<DeletedPredictionSet>> DeleteAsync(
        Guid predictionSetId, ClaimsPrincipal caller, PredictionCatalog catalog, PredictionStore predictions, IJobReader jobs,
        AuditLog audit, CancellationToken cancellationToken)
    {
        (_, Guid jobId) = await catalog.GetAsync(predictionSetId, cancellationToken);
        if (await jobs.FindAsync(jobId, cancellationToken) is { } job && !job.Status.IsTerminal())
            throw new RecordInUseException($"Job {jobId} still makes prediction set {predictionSetId}. Cancel it first.");
        long deleted = await predictions.DeleteAsync(predictionSetId, cancellationToken);
        await audit.WriteAsync("prediction_set.delete", caller.Actor(), $"{predictionSetId}", new { deleted }, cancellationToken);
        return TypedResults.Ok(new DeletedPredictionSet(predictionSetId, deleted));
    }

    private static async Task<PredictionSet> WithStatusAsync(
        PredictionSet set, Guid jobId, IJobReader jobs, CancellationToken cancellationToken) =>
        set with { Status = (await jobs.FindAsync(jobId, cancellationToken))?.Status.ToText() };

    private static Prediction ToView(PredictionRow row) => new(
        row.ProteinAccession, row.GoId, row.GoName ?? row.GoId, row.Aspect?.Letter().ToString(), row.Distance, CafaTsv.ScoreOf(row),
        row.RefProteinAccession, row.Qualifier, row.EvidenceCode, row.VoteCount, row.KPosition, row.GoTermFrequency,
        row.RefAnnotationDensity, row.NeighborDistanceStd);
}
