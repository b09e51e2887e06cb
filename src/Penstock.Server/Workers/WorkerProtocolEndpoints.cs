using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Penstock.Client;
using Penstock.Client.Workers;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Engine.Workers.Remote;
using Penstock.Ops.Security;
using Penstock.Server.Jobs;

namespace Penstock.Server.Workers;

/// <summary>Workers in any language: claim, heartbeat, tell, finish. The server remembers nothing between two calls.</summary>
internal static class WorkerProtocolEndpoints
{
    public static void MapWorkerProtocol(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder workers = routes.MapGroup("/workers").WithTags("Worker protocol").RequireAuthorization(Policies.Operator);
        workers.MapPost("", RegisterAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        workers.MapDelete("/{workerId}", RetireAsync).ProducesProblem(StatusCodes.Status404NotFound);
        workers.MapPost("/{workerId}/claim", ClaimAsync).Produces<IEnumerable<ClaimedUnit>>().ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        workers.MapPost("/{workerId}/heartbeat", BeatAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        RouteGroupBuilder units = workers.MapGroup("/{workerId}/units/{unit}");
        units.MapPost("/events", TellAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        units.MapGet("/steps", StepsAsync).Produces<IEnumerable<UnitStepView>>().ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        units.MapPut("/steps/{name}", StoreStepAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        units.MapPost("/finish", FinishAsync).ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Puts a worker on the list. One that was taken for dead registers anew and gets another id.</summary>
    internal static async Task<Created<RegisteredWorker>> RegisterAsync(
        WorkerRegistration worker, RemoteWorkers remote, CancellationToken cancellationToken)
    {
        RegisteredRemoteWorker registered = await remote.RegisterAsync(WorkerChecks.Profile(worker), cancellationToken);
        return TypedResults.Created(
            $"/workers/{registered.WorkerId}",
            new RegisteredWorker(registered.WorkerId, registered.Queues, remote.Lease.TotalSeconds, remote.Heartbeat.TotalSeconds));
    }

    /// <summary>Takes units. With none ready it waits for one, up to wait_seconds.</summary>
    internal static async Task<JsonHttpResult<IEnumerable<ClaimedUnit>>> ClaimAsync(
        string workerId, Client.Workers.ClaimRequest request, RemoteWorkers remote, OperationRegistry registry,
        IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        // A stopping server answers with nothing instead of waiting; the worker asks the next one.
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        IReadOnlyList<UnitLease> leases = await remote.ClaimAsync(
            workerId, WorkerChecks.Limit(request.Limit), WorkerChecks.Units(request.Holding), WorkerChecks.Wait(request.WaitSeconds), end.Token);
        return InTheClear(leases.Select(lease => ToUnit(lease, registry)));
    }

    /// <summary>Renews the worker's lease, and tells of units it holds no more.</summary>
    internal static async Task<Ok<HeartbeatReply>> BeatAsync(
        string workerId, WorkerHeartbeat beat, RemoteWorkers remote, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        RemoteStanding standing = await remote.BeatAsync(
            workerId, WorkerChecks.Units(beat.Holding), beat.Draining, WorkerChecks.Wait(beat.WaitSeconds), end.Token);
        return TypedResults.Ok(new HeartbeatReply(standing.Known, [.. standing.Lost.Select(unit => unit.ToString())], standing.Draining));
    }

    /// <summary>Writes an event to the history of a running job and, if given, its progress.</summary>
    internal static async Task<NoContent> TellAsync(
        string workerId, string unit, UnitEvent told, RemoteWorkers remote, CancellationToken cancellationToken)
    {
        await remote.TellAsync(
            workerId, WorkerChecks.Unit(unit), WorkerChecks.Event(told), WorkerChecks.Progress(told.Progress), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>The steps the job has completed so far, in this execution or an earlier one.</summary>
    internal static async Task<JsonHttpResult<IEnumerable<UnitStepView>>> StepsAsync(
        string workerId, string unit, RemoteWorkers remote, CancellationToken cancellationToken) =>
        InTheClear((await remote.StepsAsync(workerId, WorkerChecks.Unit(unit), cancellationToken))
            .Select(step => new UnitStepView(step.Name, JobViews.Parse(step.Output))));

    /// <summary>Stores what a step left, so that a later execution skips it. What is stored already under this name stays.</summary>
    internal static async Task<NoContent> StoreStepAsync(
        string workerId, string unit, string name, StepDone step, RemoteWorkers remote, CancellationToken cancellationToken)
    {
        await remote.StoreStepAsync(
            workerId, WorkerChecks.Unit(unit), new StepDraft(name, StepKind.Step, step.Output.GetRawText(), WorkerChecks.Duration(step.DurationSeconds)),
            cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Ends an execution. A worker that holds the unit no more gets 409 and has changed nothing.</summary>
    internal static async Task<NoContent> FinishAsync(
        string workerId, string unit, UnitFinish finish, RemoteWorkers remote, CancellationToken cancellationToken)
    {
        UnitKey key = WorkerChecks.Unit(unit);
        await remote.FinishAsync(workerId, key, WorkerChecks.End(key, finish), cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Takes a worker off the list; what it still holds goes back to its queues.</summary>
    internal static async Task<NoContent> RetireAsync(string workerId, RemoteWorkers remote, CancellationToken cancellationToken)
    {
        await remote.RetireAsync(workerId, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Not masked as answers for people are: the worker needs the secrets in its payload to do its work.</summary>
    private static JsonHttpResult<IEnumerable<T>> InTheClear<T>(IEnumerable<T> values) => TypedResults.Json(values, PenstockJson.Options);

    private static ClaimedUnit ToUnit(UnitLease lease, OperationRegistry registry) => lease switch
    {
        JobLease job => new ClaimedUnit(
            UnitKey.Of(job).ToString(), "job", job.JobId, null, job.Operation, job.QueueName, job.Attempt, job.MaxAttempts,
            JobViews.Parse(job.Payload), (job.Timeout ?? registry.Find(job.Operation)?.Timeout)?.TotalSeconds),
        ItemLease item => new ClaimedUnit(
            UnitKey.Of(item).ToString(), "item", item.ParentJobId, item.ItemIndex, item.Operation, item.QueueName, item.Attempt, null,
            JobViews.Parse(item.Payload), registry.Find(item.Operation)?.Timeout?.TotalSeconds),
        _ => throw new InvalidOperationException($"A lease is for a job or an item, not {lease.GetType().Name}."),
    };
}
