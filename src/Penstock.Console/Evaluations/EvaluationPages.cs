using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Proteins;
using Penstock.Console.Hosting;

namespace Penstock.Console.Evaluations;

/// <summary>How well predictions foresaw what was annotated later.</summary>
internal static class EvaluationPages
{
    public static void MapEvaluationPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/evaluations", ListAsync);
        pages.MapPost("/evaluations", GenerateAsync);
        pages.MapGet("/evaluations/{id:guid}", ShowAsync);
        pages.MapPost("/evaluations/{id:guid}/run", RunAsync);
        pages.MapPost("/evaluations/{id:guid}/delete", DeleteAsync);
        pages.MapPost("/evaluations/{id:guid}/results/{resultId:guid}/delete", DeleteResultAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        Task<IReadOnlyList<AnnotationSet>> annotations = proteins.AnnotationSetsAsync(null, cancellationToken);
        IReadOnlyList<EvaluationSet> sets = await proteins.EvaluationSetsAsync(cancellationToken);
        return await call.PageAsync<EvaluationListPage>(new EvaluationListModel(sets, await annotations), cancellationToken);
    }

    private static async Task<IResult> GenerateAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        GenerateEvaluationSetRequest request = new(form.Id("old_annotations"), form.Id("new_annotations"));
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).GenerateEvaluationSetAsync(request, cancellationToken));
    }

    private static async Task<IResult> ShowAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ProteinsClient proteins = new(call.Api);
        EvaluationSet set = await proteins.EvaluationSetAsync(id, cancellationToken);
        Task<IReadOnlyList<PredictionSet>> predictions = proteins.PredictionSetsAsync(cancellationToken);
        Task<IReadOnlyList<InformationAccretionSet>> accretion = proteins.InformationAccretionAsync(cancellationToken);
        IReadOnlyList<EvaluationResult> results =
            [.. (await proteins.EvaluationResultsAsync(id, cancellationToken)).OrderByDescending(result => result.CreatedAt)];
        EvaluationResult? shown = results.FirstOrDefault(result => result.Id == PageQuery.Id(call.Request, "result"))
            ?? (results is [var newest, ..] ? newest : null);
        IReadOnlyList<EvaluationCurve> curves =
            shown is null ? [] : await proteins.EvaluationCurvesAsync(id, shown.Id, cancellationToken);
        bool isWeighted = shown?.IaUsed == true && PageQuery.Word(call.Request, "measure", "f") is null;
        EvaluationModel model = new(set, results, shown, curves, isWeighted, await predictions, await accretion);
        return await call.PageAsync<EvaluationPage>(model, cancellationToken);
    }

    private static async Task<IResult> RunAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        RunEvaluationRequest request = new(
            form.Id("prediction_set"), form.Number("max_distance"), form.Flag("reference_coverage") ? "reference" : "fixed", form.Text("ia_file"));
        return ConsoleCall.Follow(await new ProteinsClient(call.Api).RunEvaluationAsync(id, request, cancellationToken));
    }

    private static async Task<IResult> DeleteAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await new ProteinsClient(call.Api).DeleteEvaluationSetAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Evaluations, ("notice", Notices.EvaluationDeleted)));
    }

    private static async Task<IResult> DeleteResultAsync(Guid id, Guid resultId, ConsoleCall call, CancellationToken cancellationToken)
    {
        await new ProteinsClient(call.Api).DeleteEvaluationResultAsync(id, resultId, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Evaluation(id), ("notice", Notices.EvaluationDeleted)));
    }
}
