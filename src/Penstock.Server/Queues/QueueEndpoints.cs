using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;

namespace Penstock.Server.Queues;

internal static class QueueEndpoints
{
    private const int ReasonLengthMax = 500;

    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder read = routes.MapGroup("").WithTags("Queues").RequireAuthorization(Policies.Viewer);
        read.MapGet("/queues", ListAsync);
        read.MapGet("/queues/{name}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/workers", WorkersAsync);

        RouteGroupBuilder change = routes.MapGroup("").WithTags("Queues").RequireAuthorization(Policies.Operator);
        change.MapPost("/queues/{name}/pause", PauseAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapPost("/queues/{name}/resume", ResumeAsync).ProducesProblem(StatusCodes.Status404NotFound);
        change.MapPost("/queues/{name}/purge", PurgeAsync).ProducesProblem(StatusCodes.Status404NotFound);
        change.MapPost("/queues/{name}/priority", PrioritiseAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapPost("/workers/{workerId}/drain", DrainWorkerAsync).ProducesProblem(StatusCodes.Status404NotFound);
    }

    /// <summary>All queues with what waits, runs and ended in them, their limits, and whether they are paused.</summary>
    internal static async Task<Ok<IEnumerable<QueueView>>> ListAsync(IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.QueuesAsync(cancellationToken)).Select(queue => queue.ToView()));

    /// <summary>One queue.</summary>
    internal static async Task<Ok<QueueView>> FindAsync(string name, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await RequireAsync(name, reader, cancellationToken)).ToView());

    /// <summary>Pauses a queue: nothing of it starts any more, what runs goes on. It holds through restarts, until somebody resumes it.</summary>
    internal static async Task<Ok<QueueView>> PauseAsync(
        string name, ClaimsPrincipal caller, QueueControl queues, IJobReader reader, AuditLog audit, CancellationToken cancellationToken,
        PauseRequest? request = null)
    {
        if (request?.Reason?.Length > ReasonLengthMax)
            throw new InvalidJobException($"reason has {request.Reason.Length} characters; the limit is {ReasonLengthMax}.");
        bool paused = await queues.PauseAsync(name, caller.Actor(), request?.Reason, cancellationToken);
        if (paused)
            await audit.WriteAsync("queue.pause", caller.Actor(), name, new { request?.Reason }, cancellationToken);
        return TypedResults.Ok((await RequireAsync(name, reader, cancellationToken)).ToView());
    }

    /// <summary>Lets a paused queue go on.</summary>
    internal static async Task<Ok<QueueView>> ResumeAsync(
        string name, ClaimsPrincipal caller, QueueControl queues, IJobReader reader, AuditLog audit, CancellationToken cancellationToken)
    {
        if (await queues.ResumeAsync(name, cancellationToken))
            await audit.WriteAsync("queue.resume", caller.Actor(), name, null, cancellationToken);
        return TypedResults.Ok((await RequireAsync(name, reader, cancellationToken)).ToView());
    }

    /// <summary>Cancels every queued job of a queue; what runs, and items of batches, stay. With dry_run it only counts.</summary>
    internal static async Task<Ok<PurgeReply>> PurgeAsync(
        string name, PurgeRequest request, ClaimsPrincipal caller, QueueControl queues, IJobReader reader, AuditLog audit,
        CancellationToken cancellationToken)
    {
        QueueState before = await RequireAsync(name, reader, cancellationToken);
        if (request.DryRun)
        {
            long waiting = before.Ready + before.Deferred + before.Parked - before.WaitingItems;
            return TypedResults.Ok(new PurgeReply(name, DryRun: true, waiting, before.WaitingItems, before.Running));
        }
        QueueSweep sweep = await queues.PurgeAsync(name, caller.Actor(), cancellationToken);
        await audit.WriteAsync("queue.purge", caller.Actor(), name, new { sweep.Jobs, sweep.ItemsLeft }, cancellationToken);
        return TypedResults.Ok(new PurgeReply(name, DryRun: false, sweep.Jobs, sweep.ItemsLeft, before.Running));
    }

    /// <summary>Gives every queued job of a queue, or those of one operation, another priority.</summary>
    internal static async Task<Ok<PriorityReply>> PrioritiseAsync(
        string name, PriorityRequest request, ClaimsPrincipal caller, QueueControl queues, AuditLog audit, CancellationToken cancellationToken)
    {
        QueueSweep sweep = await queues.ReprioritiseAsync(name, request.Operation, request.Priority, caller.Actor(), cancellationToken);
        await audit.WriteAsync(
            "queue.prioritise", caller.Actor(), name, new { request.Priority, request.Operation, sweep.Jobs }, cancellationToken);
        return TypedResults.Ok(new PriorityReply(name, request.Priority, sweep.Jobs));
    }

    /// <summary>The processes that take jobs, dead ones too until they are cleared away.</summary>
    internal static async Task<Ok<IEnumerable<WorkerView>>> WorkersAsync(IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.WorkersAsync(cancellationToken)).Select(worker => worker.ToView()));

    /// <summary>Asks a worker to finish what it has, give back the rest and end. It hears of it with its next heartbeat.</summary>
    internal static async Task<Ok<WorkerView>> DrainWorkerAsync(
        string workerId, ClaimsPrincipal caller, IControlStore controls, IJobReader reader, AuditLog audit, CancellationToken cancellationToken)
    {
        WorkerState worker = (await reader.WorkersAsync(cancellationToken)).FirstOrDefault(one => one.Id == workerId)
            ?? throw new WorkerNotFoundException(workerId);
        await controls.DrainWorkerAsync(workerId, caller.Actor(), cancellationToken);
        await audit.WriteAsync("worker.drain", caller.Actor(), workerId, null, cancellationToken);
        return TypedResults.Ok((worker with { State = worker.State == "dead" ? "dead" : "draining", DrainRequestedBy = caller.Actor() }).ToView());
    }

    private static async Task<QueueState> RequireAsync(string name, IJobReader reader, CancellationToken cancellationToken) =>
        (await reader.QueuesAsync(cancellationToken)).FirstOrDefault(queue => queue.Name == name) ?? throw new QueueNotFoundException(name);
}
