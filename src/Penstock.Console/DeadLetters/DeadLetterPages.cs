using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
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
        pages.MapPost("/dead-letters/{id:guid}/redrive", RedriveAsync);
    }

    private static async Task<IResult> ListAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        DeadLetterFilter filter = new(
            PageQuery.Word(call.Request, "status", "redriven", "all") ?? "pending", PageQuery.Text(call.Request, "queue"),
            PageQuery.Text(call.Request, "error"), PageQuery.Number(call.Request, "offset", 0, 0, int.MaxValue));
        DeadLetterQuery query = new()
        {
            Status = filter.Status == "all" ? null : filter.Status,
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
        return ConsoleCall.SeeOther(ConsolePaths.WithQuery(ConsolePaths.DeadLetter(id), ("notice", Notices.DeadLetterRedriven)));
    }
}
