using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Operations;
using Penstock.Client.Queues;
using Penstock.Client.Signals;
using Penstock.Console.Hosting;

namespace Penstock.Console.Jobs;

/// <summary>The list of jobs, one job, and what can be done to it.</summary>
internal static class JobPages
{
    private const int PageSize = 50;
    private const int SearchDepth = 500;
    private const int EventsShown = 200;
    private const int EventsMax = 2_000;

    public static void MapJobPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/jobs", ListAsync);
        pages.MapGet("/jobs/{id:guid}", ShowAsync);
        pages.MapPost("/jobs/{id:guid}/cancel", CancelAsync);
        pages.MapPost("/jobs/{id:guid}/redrive", RedriveAsync);
        pages.MapPost("/jobs/{id:guid}/requeue", RequeueAsync);
        pages.MapPost("/jobs/{id:guid}/delete", DeleteAsync);
        pages.MapPost("/jobs/{id:guid}/priority", PrioritiseAsync);
        pages.MapGet("/jobs/{id:guid}/tree", TreeAsync);
        pages.MapPost("/jobs/{id:guid}/unblock", UnblockAsync);
        pages.MapPost("/jobs/{id:guid}/signal", SignalAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        HttpRequest request = call.Request;
        JobListFilter filter = new(
            PageQuery.Word(request, "status", "queued", "running", "succeeded", "failed", "cancelled"),
            PageQuery.Text(request, "operation"), PageQuery.Text(request, "queue"), PageQuery.Text(request, "q"),
            PageQuery.Flag(request, "children"), PageQuery.Id(request, "before"));
        if (Guid.TryParse(filter.IdPart, out Guid whole))
            return ConsoleCall.SeeOther(ConsolePaths.Job(whole));

        Task<IReadOnlyList<OperationView>> operations = call.Api.OperationsAsync(cancellationToken);
        Task<IReadOnlyList<QueueView>> queues = call.Api.QueuesAsync(cancellationToken);
        bool searching = filter.IdPart is not null;
        JobQuery query = new()
        {
            Status = filter.Status,
            Operation = filter.Operation,
            QueueName = filter.Queue,
            // A part of an id may well be a child's.
            IncludeChildren = filter.Children || searching,
            Before = filter.Before,
            Limit = searching ? SearchDepth : PageSize + 1,
        };
        IReadOnlyList<JobView> found = await call.Api.JobsAsync(query, cancellationToken);
        JobView[] fitting =
            [.. found.Where(job => !searching || job.Id.ToString().Contains(filter.IdPart!.TrimStart('…'), StringComparison.OrdinalIgnoreCase))];
        JobListModel model = new(
            filter, [.. fitting.Take(PageSize)], fitting.Length > PageSize, await operations, await queues);
        return await call.PageAsync<JobListPage>(model, cancellationToken);
    }

    private static async Task<IResult> ShowAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        int shown = PageQuery.Number(call.Request, "events", EventsShown, 1, EventsMax);
        // One more than shown tells whether there are older ones; the API gives at most EventsMax.
        int asked = Math.Min(shown + 1, EventsMax);
        JobDetail job = await call.Api.JobAsync(id, cancellationToken);
        Task<IReadOnlyList<EventView>> events = call.Api.JobEventsAsync(id, null, asked, cancellationToken);
        Task<IReadOnlyList<JobView>> children = call.Api.JobsAsync(new JobQuery { ParentJobId = id, Limit = PageSize }, cancellationToken);
        Task<IReadOnlyList<DeadLetterView>> letters = call.Api.DeadLettersAsync(
            new DeadLetterQuery { JobId = id, Status = "open", Limit = 20 }, cancellationToken);
        IReadOnlyList<EventView> stored = await events;
        JobDetailModel model = new(job, [.. stored.Take(shown)], stored.Count > shown, await children, await letters);
        return await call.PageAsync<JobDetailPage>(model, cancellationToken);
    }

    private static async Task<IResult> PrioritiseAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        int priority = form.Whole("priority") ?? throw new InvalidFormException("Fill in the field priority.");
        await call.Api.PrioritiseJobAsync(id, priority, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Job(id), ("notice", Notices.JobPrioritised)));
    }

    private static async Task<IResult> CancelAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        CancelledJob job = await call.Api.CancelJobAsync(id, form.Text("reason"), cancellationToken);
        // It may have ended while its reader looked at the question.
        return Back(id, job.Status == "cancelled" ? Notices.JobCancelled : Notices.JobWasOver);
    }

    private static async Task<IResult> RedriveAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.RedriveJobAsync(id, cancellationToken);
        return Back(id, Notices.JobRedriven);
    }

    private static async Task<IResult> RequeueAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.RequeueJobAsync(id, cancellationToken);
        return Back(id, Notices.JobRequeued);
    }

    private static async Task<IResult> DeleteAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.DeleteJobAsync(id, cancellationToken);
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Jobs, ("notice", Notices.JobDeleted)));
    }

    private static async Task<IResult> TreeAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken) =>
        await call.PageAsync<JobTreePage>(await call.Api.JobTreeAsync(id, cancellationToken), cancellationToken);

    private static async Task<IResult> UnblockAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.UnblockJobAsync(id, cancellationToken);
        return Back(id, Notices.JobUnblocked);
    }

    private static async Task<IResult> SignalAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        SignalRequest signal = new(form.Required("name")) { Payload = Json(form.Text("payload") ?? "null") };
        SentSignal sent = await call.Api.SendSignalAsync(signal, cancellationToken);
        return Back(id, sent.First ? Notices.SignalSent : Notices.SignalStands);
    }

    private static JsonElement Json(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException error)
        {
            throw new InvalidFormException($"The payload is not JSON: {error.Message} A text needs quotes: \"{text}\".");
        }
    }

    private static IResult Back(Guid id, string notice) =>
        ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Job(id), ("notice", notice)));
}
