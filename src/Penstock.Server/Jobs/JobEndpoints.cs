using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Engine.Controls;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;

namespace Penstock.Server.Jobs;

internal static class JobEndpoints
{
    private const int EventsUsual = 200;
    private const int EventsMax = 2_000;

    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder jobs = routes.MapGroup("/jobs").WithTags("Jobs");
        RouteGroupBuilder read = jobs.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/{jobId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{jobId}/events", EventsAsync).ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder change = jobs.MapGroup("").RequireAuthorization(Policies.Operator);
        change.MapPost("", EnqueueAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapPatch("/{jobId}", ChangeAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapDelete("/{jobId}", DeleteAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        change.MapPost("/{jobId}/cancel", CancelAsync).ProducesProblem(StatusCodes.Status404NotFound);
        change.MapPost("/{jobId}/requeue", RequeueAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        change.MapPost("/{jobId}/redrive", RedriveAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>Jobs, newest first; without the children of other jobs unless asked for.</summary>
    internal static async Task<Ok<IEnumerable<JobView>>> ListAsync(
        [AsParameters] JobListParameters parameters, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.ListAsync(parameters.ToFilter(), cancellationToken)).Select(job => job.ToView()));

    /// <summary>One job with its payload, notes, result, batch stages, steps, and what it waits for.</summary>
    internal static async Task<Ok<JobDetail>> FindAsync(
        Guid jobId, IJobReader reader, IFlowReader flow, OperationRegistry operations, CancellationToken cancellationToken)
    {
        Job job = await RequireAsync(jobId, reader, cancellationToken);
        bool requeueable = job.FinishedAt is not null && operations.FindQueue(job.QueueName) is { Finished: FinishedPolicy.Requeueable };
        JobDetail detail = job.ToDetail(await reader.BatchAsync(jobId, cancellationToken));
        return TypedResults.Ok(detail.With(job, await flow.FlowAsync(jobId, cancellationToken)) with { Requeueable = requeueable });
    }

    /// <summary>A job's history: the newest events first, or with after those that followed it, oldest first.</summary>
    /// <param name="after">Only events after this id.</param>
    /// <param name="limit">1 to 2000; default 200.</param>
    internal static async Task<Ok<IEnumerable<EventView>>> EventsAsync(
        Guid jobId, IJobReader reader, CancellationToken cancellationToken, long? after = null, int? limit = null)
    {
        int rows = PageSize.Checked(limit, EventsUsual, EventsMax);
        await RequireAsync(jobId, reader, cancellationToken);
        return TypedResults.Ok((await reader.EventsAsync(jobId, after, rows, cancellationToken)).Select(entry => entry.ToView()));
    }

    /// <summary>Enqueues a job. It is stored when the answer comes: no crash loses it.</summary>
    internal static async Task<Results<Created<QueuedJob>, Ok<QueuedJob>>> EnqueueAsync(
        JobRequest request, ClaimsPrincipal caller, IJobClient client, IJobReader reader, CancellationToken cancellationToken)
    {
        EnqueueResult result = await client.EnqueueAsync(ToNewJob(request, caller), cancellationToken);
        if (!result.Existed)
            return TypedResults.Created($"/jobs/{result.JobId}", new QueuedJob(result.JobId, JobStatus.Queued.ToText()));
        Job earlier = await RequireAsync(result.JobId, reader, cancellationToken);
        return TypedResults.Ok(new QueuedJob(earlier.Id, earlier.Status.ToText(), Existed: true));
    }

    /// <summary>Cancels a job and its unfinished children; one that has ended stays as it is.</summary>
    internal static async Task<Ok<CancelledJob>> CancelAsync(
        Guid jobId, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken,
        CancelRequest? request = null)
    {
        CancelResult result = await client.CancelAsync(jobId, request?.Reason, cancellationToken);
        await audit.WriteAsync("job.cancel", caller.Actor(), $"{jobId}", new { request?.Reason }, cancellationToken);
        return TypedResults.Ok(new CancelledJob(jobId, result.Job.Status.ToText(), result.ChildrenCancelled));
    }

    /// <summary>Gives a queued job another priority, and with it another place in its queue.</summary>
    internal static async Task<Ok<JobView>> ChangeAsync(
        Guid jobId, JobChange change, ClaimsPrincipal caller, QueueControl queues, IJobReader reader, AuditLog audit,
        CancellationToken cancellationToken)
    {
        await queues.ReprioritiseAsync(jobId, change.Priority, caller.Actor(), cancellationToken);
        await audit.WriteAsync("job.prioritise", caller.Actor(), $"{jobId}", new { change.Priority }, cancellationToken);
        return TypedResults.Ok((await RequireAsync(jobId, reader, cancellationToken)).ToView());
    }

    /// <summary>Removes a job that is not running, with its history.</summary>
    internal static async Task<Ok<DeletedJob>> DeleteAsync(
        Guid jobId, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        await client.DeleteAsync(jobId, cancellationToken);
        await audit.WriteAsync("job.delete", caller.Actor(), $"{jobId}", null, cancellationToken);
        return TypedResults.Ok(new DeletedJob(jobId));
    }

    /// <summary>Sends all pending dead letters of a job again: the job itself, or the failed items of its batch.</summary>
    internal static async Task<Ok<RedriveReply>> RedriveAsync(
        Guid jobId, ClaimsPrincipal caller, IJobClient client, IJobReader reader, AuditLog audit, CancellationToken cancellationToken)
    {
        await RequireAsync(jobId, reader, cancellationToken);
        int redriven = 0;
        DeadLetterFilter open = new(Status: "open", JobId: jobId, Limit: 500);
        while (await reader.DeadLettersAsync(open, cancellationToken) is { Count: > 0 } letters)
        {
            foreach (DeadLetter letter in letters)
                redriven += await TryRedriveAsync(letter.Id, caller.Actor(), client, cancellationToken) ? 1 : 0;
            // Only older ones from here on: what fails again meanwhile is a new letter, and not part of this request.
            open = open with { BeforeId = letters[^1].Id };
        }
        if (redriven == 0)
            throw new NothingToRedriveException(jobId);
        await audit.WriteAsync("job.redrive", caller.Actor(), $"{jobId}", new { redriven }, cancellationToken);
        Job job = await RequireAsync(jobId, reader, cancellationToken);
        return TypedResults.Ok(new RedriveReply(jobId, job.Status.ToText(), redriven));
    }

    /// <returns>False: somebody else decided about it this instant.</returns>
    private static async Task<bool> TryRedriveAsync(Guid deadLetterId, string? by, IJobClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.RedriveAsync(deadLetterId, by, cancellationToken);
            return true;
        }
        catch (DeadLetterSettledException)
        {
            return false;
        }
    }

    /// <summary>Runs a job that has ended once more: same id, fresh attempts. Its queue must allow that.</summary>
    internal static async Task<Ok<QueuedJob>> RequeueAsync(
        Guid jobId, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        await client.RequeueAsync(jobId, caller.Actor(), cancellationToken);
        await audit.WriteAsync("job.requeue", caller.Actor(), $"{jobId}", null, cancellationToken);
        return TypedResults.Ok(new QueuedJob(jobId, JobStatus.Queued.ToText()));
    }

    internal static async Task<Job> RequireAsync(Guid jobId, IJobReader reader, CancellationToken cancellationToken) =>
        await reader.FindAsync(jobId, cancellationToken) ?? throw new JobNotFoundException(jobId);

    private static NewJob ToNewJob(JobRequest request, ClaimsPrincipal caller) => new(request.Operation, request.Payload?.GetRawText() ?? "{}")
    {
        QueueName = request.QueueName,
        // A JSON null is the absence of notes, as it is the absence of everything else.
        Meta = request.Meta is { ValueKind: not JsonValueKind.Null } meta ? meta.GetRawText() : null,
        Priority = request.Priority,
        RunAt = request.RunAt,
        Delay = Seconds("delay_seconds", request.DelaySeconds),
        IdempotencyKey = request.IdempotencyKey,
        ParentJobId = request.ParentJobId,
        DependsOn = request.DependsOn ?? [],
        OnDependencyFailure = DependencyFailureText.Parse(request.OnDependencyFailure),
        UniqueKey = request.UniqueKey,
        MaxAttempts = request.MaxAttempts,
        Timeout = Seconds("timeout_seconds", request.TimeoutSeconds),
        Source = $"api:{caller.Actor()}",
        Resources = request.Resources,
        ConcurrencyKey = request.ConcurrencyKey,
    };

    /// <summary>A year is longer than any delay or run that is meant.</summary>
    private static TimeSpan? Seconds(string member, double? seconds) => seconds switch
    {
        null => null,
        >= 0 and <= 31_536_000 => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new InvalidJobException($"{member} is {seconds}; it must be 0 to 31536000."),
    };
}
