using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Console.Hosting;

namespace Penstock.Console.DeadLetters;

/// <summary>Jobs and items out of attempts: the list, one of them, and sending it again.</summary>
internal static class DeadLetterPages
{
    public const int PageSize = 50;

    public static void MapDeadLetterPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/dead-letters", ListAsync);
        pages.MapGet("/dead-letters/{id:guid}", ShowAsync);
        pages.MapPost("/dead-letters/redrive", RedriveManyAsync);
        pages.MapPost("/dead-letters/archive", ArchiveManyAsync);
        pages.MapPost("/dead-letters/{id:guid}/redrive", RedriveAsync);
        pages.MapPost("/dead-letters/{id:guid}/review", ReviewAsync);
        pages.MapPost("/dead-letters/{id:guid}/payload", EditAsync);
        pages.MapPost("/dead-letters/{id:guid}/archive", ArchiveAsync);
        pages.MapPost("/dead-letters/{id:guid}/reopen", ReopenAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        DeadLetterFilter filter = new(
            PageQuery.Word(call.Request, "status", "in_review", "quarantined", "redriven", "archived", "all") ?? "open", PageQuery.Text(call.Request, "queue"),
            PageQuery.Text(call.Request, "error"), PageQuery.Number(call.Request, "offset", 0, 0, int.MaxValue));
        DeadLetterQuery query = new()
        {
            Status = filter.Status switch { "all" => null, "quarantined" => "open", string status => status },
            Quarantined = filter.Status == "quarantined" ? true : null,
            QueueName = filter.Queue,
            ErrorCode = filter.ErrorCode,
            Limit = PageSize,
            Offset = filter.Offset,
        };
        Task<DeadLetterCount> count = call.Api.CountDeadLettersAsync(query, cancellationToken);
        Task<IReadOnlyList<QueueView>> queues = call.Api.QueuesAsync(cancellationToken);
        IReadOnlyList<DeadLetterView> letters = await call.Api.DeadLettersAsync(query, cancellationToken);
        return await call.PageAsync<DeadLetterListPage>(
            new DeadLetterListModel(filter, letters, (await count).Count, await queues), cancellationToken);
    }

    private static async Task<IResult> ShowAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        DeadLetterView letter = await call.Api.DeadLetterAsync(id, cancellationToken);
        return await call.PageAsync<DeadLetterPage>(letter, cancellationToken);
    }

    private static async Task<IResult> RedriveAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.RedriveDeadLetterAsync(id, cancellationToken);
        return Back(id, Notices.DeadLetterRedriven);
    }

    private static async Task<IResult> ReviewAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        DeadLetterReviewRequest review = new()
        {
            Assignee = form.Text("assignee"), Urgency = form.Text("urgency"), Note = form.Text("note"),
        };
        await call.Api.ReviewDeadLetterAsync(id, review, cancellationToken);
        return Back(id, Notices.DeadLetterReviewed);
    }

    private static async Task<IResult> EditAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        DeadLetterEditRequest edit = new() { Payload = ParseObject(form.Required("payload")), Note = form.Text("note") };
        await call.Api.EditDeadLetterAsync(id, edit, cancellationToken);
        return Back(id, Notices.DeadLetterEdited);
    }

    private static async Task<IResult> ArchiveAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        await call.Api.ArchiveDeadLetterAsync(id, form.Text("note"), cancellationToken);
        return Back(id, Notices.DeadLetterArchived);
    }

    private static async Task<IResult> ReopenAsync(Guid id, ConsoleCall call, CancellationToken cancellationToken)
    {
        await call.Api.ReopenDeadLetterAsync(id, null, cancellationToken);
        return Back(id, Notices.DeadLetterReopened);
    }

    private static async Task<IResult> RedriveManyAsync(ConsoleCall call, CancellationToken cancellationToken) =>
        Follow(await call.Api.RedriveDeadLettersAsync(await SelectionAsync(call, cancellationToken), cancellationToken));

    private static async Task<IResult> ArchiveManyAsync(ConsoleCall call, CancellationToken cancellationToken) =>
        Follow(await call.Api.ArchiveDeadLettersAsync(await SelectionAsync(call, cancellationToken), cancellationToken));

    private static async Task<DeadLetterSelection> SelectionAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        ConsoleForm form = await ConsoleForm.ReadAsync(call.Request, cancellationToken);
        string? status = form.Text("status");
        return new DeadLetterSelection
        {
            Status = status == "in_review" ? "in_review" : "open",
            OnlyQuarantined = status == "quarantined",
            QueueName = form.Text("queue"),
            ErrorCode = form.Text("error"),
            Note = form.Text("note"),
        };
    }

    private static JsonElement ParseObject(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
        catch (JsonException error)
        {
            throw new InvalidFormException($"The payload is not JSON: {error.Message}");
        }
    }

    private static IResult Back(Guid id, string notice) =>
        ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.DeadLetter(id), ("notice", notice)));

    private static IResult Follow(QueuedJob job) =>
        ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.Job(job.Id), ("notice", Notices.JobEnqueued)));
}
