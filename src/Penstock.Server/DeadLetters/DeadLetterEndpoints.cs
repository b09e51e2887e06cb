using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;
using Penstock.Server.Jobs;

namespace Penstock.Server.DeadLetters;

internal static class DeadLetterEndpoints
{
    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder letters = routes.MapGroup("/dead-letters").WithTags("Dead letters");
        RouteGroupBuilder read = letters.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/count", CountAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/{deadLetterId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        letters.MapPost("/{deadLetterId}/redrive", RedriveAsync).RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    /// <summary>Jobs and items out of attempts, newest first.</summary>
    internal static async Task<Ok<IEnumerable<DeadLetterView>>> ListAsync(
        [AsParameters] DeadLetterParameters parameters, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.DeadLettersAsync(parameters.ToFilter(), cancellationToken)).Select(ToView));

    /// <summary>How many dead letters there are.</summary>
    internal static async Task<Ok<DeadLetterCount>> CountAsync(
        [AsParameters] DeadLetterParameters parameters, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new DeadLetterCount(await reader.CountDeadLettersAsync(parameters.ToFilter(), cancellationToken)));

    /// <summary>One dead letter.</summary>
    internal static async Task<Ok<DeadLetterView>> FindAsync(Guid deadLetterId, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(ToView(
            await reader.FindDeadLetterAsync(deadLetterId, cancellationToken) ?? throw new DeadLetterNotFoundException(deadLetterId)));

    /// <summary>Sends a dead letter back to its queue with a fresh set of attempts.</summary>
    internal static async Task<Ok<RedriveReply>> RedriveAsync(
        Guid deadLetterId, ClaimsPrincipal caller, IJobClient client, IJobReader reader, AuditLog audit, CancellationToken cancellationToken)
    {
        Guid jobId = await client.RedriveAsync(deadLetterId, caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.redrive", caller.Actor(), $"{deadLetterId}", new { jobId }, cancellationToken);
        Job job = await JobEndpoints.RequireAsync(jobId, reader, cancellationToken);
        return TypedResults.Ok(new RedriveReply(jobId, job.Status.ToText(), 1));
    }

    private static DeadLetterView ToView(DeadLetter letter) => new(
        letter.Id, letter.Kind, letter.JobId, letter.QueueName, letter.Operation, JobViews.Parse(letter.Payload), letter.ErrorCode,
        letter.ErrorMessage, letter.Attempts, letter.Status, letter.CreatedAt, letter.SettledAt, letter.SettledBy, letter.ItemIndex, letter.Stage);
}
