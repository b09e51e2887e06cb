using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Ops;
using Penstock.Ops.Security;
using Penstock.Proteins.Evaluation;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;
using Penstock.Proteins.Transfer;

namespace Penstock.Proteins.Endpoints;

/// <summary>Predictions as text files, streamed.</summary>
internal static class PredictionDownloads
{
    private const string Tsv = "text/tab-separated-values";

    public static void MapPredictionDownloads(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder sets = routes.MapGroup("/embeddings/prediction-sets/{predictionSetId}").WithTags("Predictions")
            .RequireAuthorization(Policies.Viewer);
        sets.MapGet("/predictions.tsv", AllAsync)
            .Produces(StatusCodes.Status200OK, contentType: Tsv).ProducesProblem(StatusCodes.Status404NotFound);
        sets.MapGet("/predictions-cafa.tsv", CafaAsync)
            .Produces(StatusCodes.Status200OK, contentType: Tsv).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>All columns, with a header, by protein and distance.</summary>
    /// <param name="accession">Only this protein.</param>
    /// <param name="aspect">Only P, F or C.</param>
    /// <param name="maxDistance">Only predictions as near as this.</param>
    internal static async Task<PushStreamHttpResult> AllAsync(
        Guid predictionSetId, PredictionCatalog predictions, CancellationToken cancellationToken, string? accession = null,
        string? aspect = null, [FromQuery(Name = "max_distance")] double? maxDistance = null)
    {
        PredictionFilter filter = Filter(accession, aspect, maxDistance);
        await predictions.GetAsync(predictionSetId, cancellationToken);
        return TsvAnswer.Of(
            "predictions.tsv",
            async writer =>
            {
                await writer.WriteAsync($"{PredictionTsv.Header}\n".AsMemory(), cancellationToken);
                await predictions.ReadRowsAsync(
                    predictionSetId, filter,
                    async (row, token) => await writer.WriteAsync($"{PredictionTsv.Line(row)}\n".AsMemory(), token), cancellationToken);
            });
    }

    /// <summary>Protein, term and score (1 - distance/2), without a header: what evaluators read.</summary>
    /// <param name="evalId">Only the proteins of this evaluation set: NK, LK and PK.</param>
    internal static async Task<PushStreamHttpResult> CafaAsync(
        Guid predictionSetId, PredictionCatalog predictions, EvaluationStore evaluations, DeltaReader deltas,
        CancellationToken cancellationToken, [FromQuery(Name = "eval_id")] Guid? evalId = null, string? aspect = null,
        [FromQuery(Name = "max_distance")] double? maxDistance = null)
    {
        PredictionFilter filter = Filter(null, aspect, maxDistance);
        await predictions.GetAsync(predictionSetId, cancellationToken);
        HashSet<string>? targets = evalId is { } id ? await TargetsAsync(id, evaluations, deltas, cancellationToken) : null;
        return TsvAnswer.Of(
            "predictions-cafa.tsv",
            async writer =>
            {
                // Rows come by protein: one protein's are held, sorted by term and written.
                List<PredictionRow> protein = [];
                await predictions.ReadRowsAsync(
                    predictionSetId, filter,
                    async (row, token) =>
                    {
                        if (protein.Count > 0 && protein[0].ProteinAccession != row.ProteinAccession)
                        {
                            await CafaTsv.WriteAsync(writer, protein, CafaTsv.ScoreOf, token);
                            protein.Clear();
                        }
                        if (targets?.Contains(row.ProteinAccession) ?? true)
                            protein.Add(row);
                    },
                    cancellationToken);
                await CafaTsv.WriteAsync(writer, protein, CafaTsv.ScoreOf, cancellationToken);
            });
    }

    private static async Task<HashSet<string>> TargetsAsync(
        Guid evaluationSetId, EvaluationStore evaluations, DeltaReader deltas, CancellationToken cancellationToken)
    {
        EvaluationSet set = await evaluations.GetAsync(evaluationSetId, cancellationToken);
        AnnotationDelta delta = await deltas.ReadAsync(set.OldAnnotationSetId, set.NewAnnotationSetId, cancellationToken);
        return delta.Targets();
    }

    private static PredictionFilter Filter(string? accession, string? aspect, double? maxDistance)
    {
        if (aspect is not (null or "P" or "F" or "C"))
            throw new ParameterOutOfRangeException("aspect", $"'{aspect}'", "P, F or C");
        if (maxDistance is { } distance && !(distance >= 0))
            throw new ParameterOutOfRangeException("max_distance", $"{distance}", "0 or more");
        return new PredictionFilter(accession, aspect, maxDistance);
    }
}
