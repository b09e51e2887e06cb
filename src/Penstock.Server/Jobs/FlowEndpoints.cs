using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Signals;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;

namespace Penstock.Server.Jobs;

/// <summary>Steps, dependencies and signals over HTTP.</summary>
internal static class FlowEndpoints
{
    private const int TreeJobsMax = 500;
    private const int SignalsUsual = 50;
    private const int SignalsMax = 500;

    public static void MapFlow(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder job = routes.MapGroup("/jobs/{jobId}").WithTags("Jobs").ProducesProblem(StatusCodes.Status404NotFound);
        job.MapGet("/tree", TreeAsync).RequireAuthorization(Policies.Viewer);
        job.MapGet("/steps/{**name}", StepAsync).RequireAuthorization(Policies.Viewer);
        job.MapPost("/unblock", UnblockAsync).RequireAuthorization(Policies.Operator).ProducesProblem(StatusCodes.Status409Conflict);
        job.MapPost("/signals/{**name}", SendOwnAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

        RouteGroupBuilder signals = routes.MapGroup("/signals").WithTags("Signals");
        signals.MapGet("", ListAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status400BadRequest);
        signals.MapGet("/{**name}", FindAsync).RequireAuthorization(Policies.Viewer).ProducesProblem(StatusCodes.Status404NotFound);
        signals.MapPost("", SendAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>A job with its children and dependents, and theirs; at most 500 jobs.</summary>
    internal static async Task<Ok<JobTreeView>> TreeAsync(
        Guid jobId, IJobReader reader, IFlowReader flow, CancellationToken cancellationToken)
    {
        await JobEndpoints.RequireAsync(jobId, reader, cancellationToken);
        JobTree tree = await flow.TreeAsync(jobId, TreeJobsMax, cancellationToken);
        return TypedResults.Ok(new JobTreeView(
            tree.Jobs.Select(job => job.ToView()).ToList(),
            tree.Edges.Select(edge => new JobTreeEdge(edge.From, edge.To, edge.IsChild ? "child" : "dependent")).ToList(), tree.Truncated));
    }

    /// <summary>One step of a job with its whole output.</summary>
    internal static async Task<Ok<StepView>> StepAsync(
        Guid jobId, string name, IJobReader reader, IFlowReader flow, CancellationToken cancellationToken)
    {
        await JobEndpoints.RequireAsync(jobId, reader, cancellationToken);
        StepState step = await flow.FindStepAsync(jobId, name, cancellationToken) ?? throw new StepNotFoundException(jobId, name);
        return TypedResults.Ok(step.ToView());
    }

    /// <summary>Lets a blocked job run without what it still depends on.</summary>
    internal static async Task<Ok<JobView>> UnblockAsync(
        Guid jobId, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        Job job = await client.UnblockAsync(jobId, caller.Actor(), cancellationToken);
        await audit.WriteAsync("job.unblock", caller.Actor(), $"{jobId}", null, cancellationToken);
        return TypedResults.Ok(job.ToView());
    }

    /// <summary>Sends a job's own signal. The first one of a name stands.</summary>
    internal static async Task<Results<Created<SentSignal>, Ok<SentSignal>>> SendOwnAsync(
        Guid jobId, string name, ClaimsPrincipal caller, IJobClient client, IJobReader reader, AuditLog audit,
        CancellationToken cancellationToken, OwnSignalRequest? request = null)
    {
        await JobEndpoints.RequireAsync(jobId, reader, cancellationToken);
        return await DeliverAsync(SignalNames.Own(jobId, name), request?.Payload, caller, client, audit, cancellationToken);
    }

    /// <summary>Sends a signal to all jobs that wait for it, now or later. The first one of a name stands.</summary>
    internal static Task<Results<Created<SentSignal>, Ok<SentSignal>>> SendAsync(
        SignalRequest request, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken) =>
        DeliverAsync(request.Name, request.Payload, caller, client, audit, cancellationToken);

    /// <summary>Signals that were sent, newest first.</summary>
    /// <param name="prefix">Only names that begin so, such as a job's id.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    /// <param name="offset">Rows to skip; default 0.</param>
    internal static async Task<Ok<IEnumerable<SignalView>>> ListAsync(
        IFlowReader flow, CancellationToken cancellationToken, string? prefix = null, int? limit = null, int? offset = null)
    {
        SignalFilter filter = new(prefix, PageSize.Checked(limit, SignalsUsual, SignalsMax), PageSize.CheckedOffset(offset));
        return TypedResults.Ok((await flow.SignalsAsync(filter, cancellationToken)).Select(signal => signal.ToView()));
    }

    /// <summary>One signal with its payload.</summary>
    internal static async Task<Ok<SignalView>> FindAsync(string name, IFlowReader flow, CancellationToken cancellationToken) =>
        TypedResults.Ok((await flow.FindSignalAsync(name, cancellationToken) ?? throw new SignalNotFoundException(name)).ToView());

    private static async Task<Results<Created<SentSignal>, Ok<SentSignal>>> DeliverAsync(
        string name, JsonElement? payload, ClaimsPrincipal caller, IJobClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        bool first = await client.SendSignalAsync(name, payload?.GetRawText() ?? "null", caller.Actor(), cancellationToken);
        if (!first)
            return TypedResults.Ok(new SentSignal(name, First: false));
        await audit.WriteAsync("signal.send", caller.Actor(), name, null, cancellationToken);
        return TypedResults.Created($"/signals/{Penstock.Client.ApiPath.Escape(name)}", new SentSignal(name, First: true));
    }
}
