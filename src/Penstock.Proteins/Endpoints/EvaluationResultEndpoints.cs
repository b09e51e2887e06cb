using System.Globalization;
using System.IO.Compression;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;
using Penstock.Proteins.Operations;
using Penstock.Proteins.Storage;

namespace Penstock.Proteins.Endpoints;

internal static class EvaluationResultEndpoints
{
    public static void MapEvaluationResults(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder results = routes.MapGroup("/annotations/evaluation-sets/{evaluationSetId}/results").WithTags("Evaluation");
        RouteGroupBuilder read = results.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{resultId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{resultId}/curves", CurvesAsync)
            .Produces<IReadOnlyList<EvaluationCurve>>().ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{resultId}/metrics.tsv", MetricsAsync)
            .Produces(StatusCodes.Status200OK, contentType: "text/tab-separated-values").ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{resultId}/artifacts.zip", ZipAsync)
            .Produces(StatusCodes.Status200OK, contentType: "application/zip").ProducesProblem(StatusCodes.Status404NotFound);
        results.MapDelete("/{resultId}", DeleteAsync).RequireAuthorization(Policies.Operator).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>The results of an evaluation set, newest first.</summary>
    internal static async Task<Ok<List<EvaluationResult>>> ListAsync(
        Guid evaluationSetId, EvaluationStore evaluations, CancellationToken cancellationToken)
    {
        await evaluations.GetAsync(evaluationSetId, cancellationToken);
        return TypedResults.Ok(await evaluations.ResultsAsync(evaluationSetId, cancellationToken));
    }

    /// <summary>One result.</summary>
    internal static async Task<Ok<EvaluationResult>> FindAsync(
        Guid evaluationSetId, Guid resultId, EvaluationStore evaluations, CancellationToken cancellationToken) =>
        TypedResults.Ok(await evaluations.GetResultAsync(evaluationSetId, resultId, cancellationToken));

    /// <summary>Precision, recall and the other measures over all thresholds, for each setting and aspect.</summary>
    internal static async Task<FileStreamHttpResult> CurvesAsync(
        Guid evaluationSetId, Guid resultId, EvaluationStore evaluations, IArtifactStore artifacts, CancellationToken cancellationToken)
    {
        EvaluationResult result = await evaluations.GetResultAsync(evaluationSetId, resultId, cancellationToken);
        return TypedResults.Stream(await artifacts.OpenAsync(EvaluationWriter.CurvesName(result.Id), cancellationToken), "application/json");
    }

    /// <summary>The headline numbers as a table.</summary>
    internal static async Task<PushStreamHttpResult> MetricsAsync(
        Guid evaluationSetId, Guid resultId, EvaluationStore evaluations, CancellationToken cancellationToken)
    {
        EvaluationResult result = await evaluations.GetResultAsync(evaluationSetId, resultId, cancellationToken);
        return TsvAnswer.Of("metrics.tsv", writer => WriteMetricsAsync(writer, result, cancellationToken));
    }

    /// <summary>All tables of a result.</summary>
    internal static async Task<FileContentHttpResult> ZipAsync(
        Guid evaluationSetId, Guid resultId, EvaluationStore evaluations, IArtifactStore artifacts, CancellationToken cancellationToken)
    {
        EvaluationResult result = await evaluations.GetResultAsync(evaluationSetId, resultId, cancellationToken);
        if (result.Artifacts.Count == 0)
            throw new ArtifactNotFoundException(EvaluationWriter.PrefixOf(result.Id));
        using MemoryStream content = new();
        using (ZipArchive zip = new(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in result.Artifacts)
            {
                ZipArchiveEntry entry = zip.CreateEntry(name[(EvaluationWriter.PrefixOf(result.Id).Length + 1)..]);
                await using Stream target = await entry.OpenAsync(cancellationToken);
                await using Stream source = await artifacts.OpenAsync(name, cancellationToken);
                await source.CopyToAsync(target, cancellationToken);
            }
        }
        return TypedResults.File(content.ToArray(), "application/zip", $"evaluation-{result.Id}.zip");
    }

    /// <summary>Deletes a result with its files.</summary>
    internal static async Task<NoContent> DeleteAsync(
        Guid evaluationSetId, Guid resultId, ClaimsPrincipal caller, EvaluationStore evaluations, IArtifactStore artifacts, AuditLog audit,
        CancellationToken cancellationToken)
    {
        EvaluationResult result = await evaluations.GetResultAsync(evaluationSetId, resultId, cancellationToken);
        await evaluations.DeleteResultAsync(result.Id, cancellationToken);
        await DeleteFilesAsync(result, artifacts, cancellationToken);
        await audit.WriteAsync("evaluation_result.delete", caller.Actor(), $"{resultId}", new { evaluationSetId }, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>After the row: a file without a result is waste, a result without its files would be wrong.</summary>
    internal static async Task DeleteFilesAsync(EvaluationResult result, IArtifactStore artifacts, CancellationToken cancellationToken)
    {
        foreach (string name in result.Artifacts.Append(EvaluationWriter.CurvesName(result.Id)))
            await artifacts.DeleteAsync(name, cancellationToken);
    }

    private static async Task WriteMetricsAsync(TextWriter writer, EvaluationResult result, CancellationToken cancellationToken)
    {
        await writer.WriteAsync("setting\tnamespace\tfmax\tprecision\trecall\ttau\tcoverage\tn_proteins\n".AsMemory(), cancellationToken);
        foreach ((string setting, IReadOnlyDictionary<string, AspectResult> aspects) in result.Results)
        {
            foreach ((string aspect, AspectResult at) in aspects)
            {
                string[] cells =
                [
                    setting, aspect, Four(at.Fmax), Four(at.Precision), Four(at.Recall), Four(at.Tau), Four(at.Coverage),
                    at.NPredicted.ToString(CultureInfo.InvariantCulture),
                ];
                await writer.WriteAsync((string.Join('\t', cells) + "\n").AsMemory(), cancellationToken);
            }
        }
    }

    private static string Four(double value) => Math.Round(value, 4).ToString(CultureInfo.InvariantCulture);
}
