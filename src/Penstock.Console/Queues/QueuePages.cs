using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Console.Hosting;

namespace Penstock.Console.Queues;

/// <summary>What waits, and who takes it.</summary>
internal static class QueuePages
{
    public static void MapQueuePages(this IEndpointRouteBuilder pages) => pages.MapGet("/queues", ShowAsync);

    private static async Task<IResult> ShowAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<QueueView>> queues = call.Api.QueuesAsync(cancellationToken);
        Task<IReadOnlyList<WorkerView>> workers = call.Api.WorkersAsync(cancellationToken);
        QueuesModel model = new([.. (await queues).OrderBy(queue => queue.Name, StringComparer.Ordinal)], await workers);
        return await call.PageAsync<QueuesPage>(model, cancellationToken);
    }
}
