using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;

namespace Penstock.Server.Queues;

internal static class QueueEndpoints
{
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder read = routes.MapGroup("").WithTags("Queues").RequireAuthorization(Policies.Viewer);
        read.MapGet("/queues", ListAsync);
        read.MapGet("/queues/{name}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/workers", WorkersAsync);
    }

    /// <summary>All queues with what waits, runs and ended in them.</summary>
    internal static async Task<Ok<IEnumerable<QueueView>>> ListAsync(IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.QueuesAsync(cancellationToken)).Select(ToView));

    /// <summary>One queue.</summary>
    internal static async Task<Ok<QueueView>> FindAsync(string name, IJobReader reader, CancellationToken cancellationToken)
    {
        QueueState? queue = (await reader.QueuesAsync(cancellationToken)).FirstOrDefault(q => q.Name == name);
        return TypedResults.Ok(ToView(queue ?? throw new QueueNotFoundException(name)));
    }

    /// <summary>The processes that take jobs, dead ones too until they are cleared away.</summary>
    internal static async Task<Ok<IEnumerable<WorkerView>>> WorkersAsync(IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.WorkersAsync(cancellationToken)).Select(worker => new WorkerView(
            worker.Id, worker.Host, worker.ProcessId, worker.Queues, worker.Slots, worker.Busy, worker.State, worker.StartedAt, worker.HeartbeatAt)
        {
            Kind = worker.Kind,
        }));

    private static QueueView ToView(QueueState queue) => new(
        queue.Name, queue.MaxRunning, queue.Paused, queue.Ready, queue.Deferred, queue.Running, queue.OldestReadyAt,
        queue.Succeeded, queue.Failed, queue.Cancelled, queue.Workers);
}
