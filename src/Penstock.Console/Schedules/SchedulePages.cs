using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Errors;
using Penstock.Client.Operations;
using Penstock.Client.Schedules;
using Penstock.Console.Hosting;

namespace Penstock.Console.Schedules;

/// <summary>Jobs by the clock: the list, one schedule with its runs, and the form that makes and changes them.</summary>
internal static class SchedulePages
{
    private const int RunsShown = 25;
    private const int SlotsShown = 5;

    public static void MapSchedulePages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/schedules", ListAsync);
        pages.MapPost("/schedules", SubmitAsync);
        pages.MapGet("/schedules/{name}", ShowAsync);
        pages.MapPost("/schedules/{name}/pause", PauseAsync);
        pages.MapPost("/schedules/{name}/resume", ResumeAsync);
        pages.MapPost("/schedules/{name}/run", RunAsync);
        pages.MapPost("/schedules/{name}/remove", RemoveAsync);
        // Apart from the names of schedules, so that none of them hides the form.
        pages.MapGet("/schedule-form", OpenFormAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken) =>
        await call.PageAsync<ScheduleListPage>(new ScheduleListModel(await call.Api.SchedulesAsync(cancellationToken)), cancellationToken);

    private static async Task<IResult> ShowAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        DateTimeOffset? before = DateTimeOffset.TryParse(
            PageQuery.Text(call.Request, "before"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset slot) ? slot : null;
        Task<IReadOnlyList<ScheduleRunView>> runs = call.Api.ScheduleRunsAsync(name, before, RunsShown + 1, cancellationToken);
        ScheduleView schedule = await call.Api.ScheduleAsync(name, cancellationToken);
        SchedulePreview? preview = schedule.PausedAt is null && schedule.ErrorMessage is null
            ? await call.Api.PreviewScheduleAsync(schedule.Cron, schedule.TimeZone, SlotsShown, cancellationToken)
            : null;
        IReadOnlyList<ScheduleRunView> listed = await runs;
        return await call.PageAsync<SchedulePage>(
            new ScheduleModel(schedule, preview?.Slots ?? [], [.. listed.Take(RunsShown)], listed.Count > RunsShown, before), cancellationToken);
    }

    private static async Task<IResult> OpenFormAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        string? name = PageQuery.Text(call.Request, "name");
        ScheduleFields fields = name is null ? new ScheduleFields() : ScheduleFields.Of(await call.Api.ScheduleAsync(name, cancellationToken));
        return await FormAsync(call, name, fields, StatusCodes.Status200OK, null, cancellationToken);
    }

    /// <summary>One form, two buttons: look at the next times, or store it. What is refused comes back with the reason.</summary>
    private static async Task<IResult> SubmitAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        ScheduleFields fields = ScheduleFields.Of(form);
        string? existing = form.Text("existing");
        if (form.Text("action") == "preview")
            return await FormAsync(call, existing, fields, StatusCodes.Status200OK, null, cancellationToken);
        try
        {
            ScheduleView schedule = await call.Api.SetScheduleAsync(
                existing ?? form.Required("name"), fields.ToRequest(form), cancellationToken);
            return Done(schedule.Name, Notices.ScheduleSet);
        }
        catch (PenstockApiException error) when ((int)error.Status is 400 or 409 or 422)
        {
            return await FormAsync(call, existing, fields, (int)error.Status, error.Detail, cancellationToken);
        }
        catch (InvalidFormException error)
        {
            return await FormAsync(call, existing, fields, StatusCodes.Status422UnprocessableEntity, error.Message, cancellationToken);
        }
    }

    private static async Task<IResult> FormAsync(
        ConsoleCall call, string? existing, ScheduleFields fields, int status, string? problem, CancellationToken cancellationToken)
    {
        IReadOnlyList<OperationView> operations =
            [.. (await call.Api.OperationsAsync(cancellationToken)).Where(o => o.Enqueueable).OrderBy(o => o.Name, StringComparer.Ordinal)];
        SchedulePreview? preview = null;
        try
        {
            preview = fields.Cron.Length == 0
                ? null
                : await call.Api.PreviewScheduleAsync(fields.Cron, fields.TimeZone, SlotsShown, cancellationToken);
        }
        catch (PenstockApiException error) when ((int)error.Status is 400 or 422)
        {
            // The times cannot be told; the reason is what the reader needs, unless there is a weightier one.
            problem ??= error.Detail;
        }
        return await call.PageAsync<ScheduleFormPage>(
            new ScheduleFormModel(existing, fields, operations, preview, problem), status, cancellationToken);
    }

    private static async Task<IResult> PauseAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.PauseScheduleAsync(name, cancellationToken);
        return Done(name, Notices.SchedulePaused);
    }

    private static async Task<IResult> ResumeAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.ResumeScheduleAsync(name, cancellationToken);
        return Done(name, Notices.ScheduleResumed);
    }

    private static async Task<IResult> RunAsync(string name, ConsoleCall call, CancellationToken cancellationToken) =>
        ConsoleCall.Follow(await call.Api.RunScheduleAsync(name, cancellationToken));

    private static async Task<IResult> RemoveAsync(string name, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.RemoveScheduleAsync(name, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Schedules, ("notice", Notices.ScheduleRemoved)));
    }

    private static IResult Done(string name, string notice) =>
        ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Schedule(name), ("notice", notice)));
}
