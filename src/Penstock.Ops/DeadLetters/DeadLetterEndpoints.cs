using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
using Penstock.Client.Jobs;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Jobs;
using Penstock.Engine.Operations;
using Penstock.Engine.Protection;
using Penstock.Engine.Storage;
using Penstock.Ops.Security;

namespace Penstock.Ops.DeadLetters;

public static class DeadLetterEndpoints
{
    private const int NoteLengthMax = 4_000;
    private const int AssigneeLengthMax = 200;

    public static void MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder letters = routes.MapGroup("/dead-letters").WithTags("Dead letters");
        RouteGroupBuilder read = letters.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/count", CountAsync).ProducesProblem(StatusCodes.Status400BadRequest);
        read.MapGet("/{deadLetterId}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder many = letters.MapGroup("").RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        many.MapPost("/redrive", RedriveManyAsync);
        many.MapPost("/archive", ArchiveManyAsync);

        RouteGroupBuilder one = letters.MapGroup("/{deadLetterId}").RequireAuthorization(Policies.Operator)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        one.MapPost("/redrive", RedriveAsync);
        one.MapPost("/review", ReviewAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        one.MapPut("/payload", EditAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        one.MapPost("/archive", ArchiveAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        one.MapPost("/reopen", ReopenAsync).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Jobs and items out of attempts, newest first.</summary>
    internal static async Task<Ok<IEnumerable<DeadLetterView>>> ListAsync(
        [AsParameters] DeadLetterParameters parameters, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok((await reader.DeadLettersAsync(parameters.ToFilter(), cancellationToken)).Select(letter => letter.ToView()));

    /// <summary>How many dead letters there are.</summary>
    internal static async Task<Ok<DeadLetterCount>> CountAsync(
        [AsParameters] DeadLetterParameters parameters, IJobReader reader, CancellationToken cancellationToken) =>
        TypedResults.Ok(new DeadLetterCount(await reader.CountDeadLettersAsync(parameters.ToFilter(), cancellationToken)));

    /// <summary>One dead letter with what was done to it.</summary>
    internal static async Task<Ok<DeadLetterView>> FindAsync(
        Guid deadLetterId, IJobReader reader, IDeadLetterStore store, CancellationToken cancellationToken)
    {
        DeadLetter letter = await RequireAsync(deadLetterId, reader, cancellationToken);
        return TypedResults.Ok(letter.ToView(await store.ActionsAsync(deadLetterId, cancellationToken)));
    }

    /// <summary>Sends a dead letter back to its queue with a fresh set of attempts.</summary>
    internal static async Task<Ok<RedriveReply>> RedriveAsync(
        Guid deadLetterId, ClaimsPrincipal caller, IJobClient client, IJobReader reader, AuditLog audit, CancellationToken cancellationToken)
    {
        Guid jobId = await client.RedriveAsync(deadLetterId, caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.redrive", caller.Actor(), $"{deadLetterId}", new { jobId }, cancellationToken);
        Job job = await reader.FindAsync(jobId, cancellationToken) ?? throw new JobNotFoundException(jobId);
        return TypedResults.Ok(new RedriveReply(jobId, job.Status.ToText(), 1));
    }

    /// <summary>Takes a dead letter into review: who looks at it, how urgent it is, a note.</summary>
    internal static async Task<Ok<DeadLetterView>> ReviewAsync(
        Guid deadLetterId, DeadLetterReviewRequest request, ClaimsPrincipal caller, IJobReader reader, IDeadLetterStore store,
        AuditLog audit, CancellationToken cancellationToken)
    {
        if (request.Urgency is not (null or "low" or "normal" or "high" or "critical"))
            throw new InvalidReviewException($"urgency is '{request.Urgency}'; it must be low, normal, high or critical.");
        if (request.Assignee is { } named && (string.IsNullOrWhiteSpace(named) || named.Length > AssigneeLengthMax))
            throw new InvalidReviewException($"assignee must have 1 to {AssigneeLengthMax} characters; it has {named.Length}.");
        DeadLetter before = await RequireAsync(deadLetterId, reader, cancellationToken);
        DeadLetterReview review = new(request.Assignee ?? (before.Assignee is null ? caller.Actor() : null), request.Urgency, Note(request.Note));
        DeadLetter letter = await store.ReviewAsync(deadLetterId, review, caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.review", caller.Actor(), $"{deadLetterId}", review, cancellationToken);
        return await ViewAsync(letter, store, cancellationToken);
    }

    /// <summary>Replaces the payload that a redrive will send. The one before stays in the history.</summary>
    internal static async Task<Ok<DeadLetterView>> EditAsync(
        Guid deadLetterId, DeadLetterEditRequest request, ClaimsPrincipal caller, IJobReader reader, IDeadLetterStore store,
        OperationRegistry operations, IPayloadProtector protector, SecretMask mask, AuditLog audit, CancellationToken cancellationToken)
    {
        DeadLetter before = await RequireAsync(deadLetterId, reader, cancellationToken);
        if (request.Payload.ValueKind != JsonValueKind.Object)
            throw new InvalidReviewException($"payload must be a JSON object, not {request.Payload.ValueKind.ToString().ToLowerInvariant()}.");
        // Whoever edits was shown the payload masked; what they left masked keeps its value.
        (string? payload, string? missing) = mask.Restore(request.Payload.GetRawText(), protector.Open(before.Payload, before.JobId));
        if (payload is null)
            throw new InvalidReviewException($"'{missing}' is '{SecretMask.Shown}', which is how views hide a value, and there was none under that name. Give the value itself.");
        if (request.Payload.TryGetProperty(SealedText.Member, out _))
            throw new InvalidReviewException($"'{SealedText.Member}' is how views hide an encrypted payload. Give the whole payload; it is encrypted again.");
        if (operations.Find(before.Operation) is { } operation)
            OperationRegistry.ReadPayload(operation, payload);
        if (SealedText.Is(before.Payload) || operations.Find(before.Operation) is { EncryptsPayload: true })
            payload = protector.Seal(payload, before.JobId);
        DeadLetter letter = await store.EditAsync(deadLetterId, payload, Note(request.Note), caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.edit", caller.Actor(), $"{deadLetterId}", null, cancellationToken);
        return await ViewAsync(letter, store, cancellationToken);
    }

    /// <summary>Decides that a dead letter is not sent again.</summary>
    internal static async Task<Ok<DeadLetterView>> ArchiveAsync(
        Guid deadLetterId, ClaimsPrincipal caller, IDeadLetterStore store, AuditLog audit, CancellationToken cancellationToken,
        DeadLetterNoteRequest? request = null)
    {
        DeadLetter letter = await store.ArchiveAsync(deadLetterId, Note(request?.Note), caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.archive", caller.Actor(), $"{deadLetterId}", new { request?.Note }, cancellationToken);
        return await ViewAsync(letter, store, cancellationToken);
    }

    /// <summary>Takes an archived dead letter back to the pending ones.</summary>
    internal static async Task<Ok<DeadLetterView>> ReopenAsync(
        Guid deadLetterId, ClaimsPrincipal caller, IDeadLetterStore store, AuditLog audit, CancellationToken cancellationToken,
        DeadLetterNoteRequest? request = null)
    {
        DeadLetter letter = await store.ReopenAsync(deadLetterId, Note(request?.Note), caller.Actor(), cancellationToken);
        await audit.WriteAsync("dead_letter.reopen", caller.Actor(), $"{deadLetterId}", new { request?.Note }, cancellationToken);
        return await ViewAsync(letter, store, cancellationToken);
    }

    /// <summary>Sends all dead letters that fit again, as a job whose progress and result tell how it went.</summary>
    internal static Task<Accepted<QueuedJob>> RedriveManyAsync(
        DeadLetterSelection selection, ClaimsPrincipal caller, IJobClient client, AuditLog audit, TimeProvider time, CancellationToken cancellationToken) =>
        SettleAsync(SettleDeadLetters.Decision.Redrive, selection, caller, client, audit, time, cancellationToken);

    /// <summary>Archives all dead letters that fit, as a job.</summary>
    internal static Task<Accepted<QueuedJob>> ArchiveManyAsync(
        DeadLetterSelection selection, ClaimsPrincipal caller, IJobClient client, AuditLog audit, TimeProvider time, CancellationToken cancellationToken) =>
        SettleAsync(SettleDeadLetters.Decision.Archive, selection, caller, client, audit, time, cancellationToken);

    private static async Task<Accepted<QueuedJob>> SettleAsync(
        SettleDeadLetters.Decision decision, DeadLetterSelection selection, ClaimsPrincipal caller, IJobClient client, AuditLog audit,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (selection.Status is not ("pending" or "in_review" or "open"))
            throw new UnknownDeadLetterStatusException(selection.Status);
        if (selection.OlderThanSeconds is < 0 or > 3_153_600_000)
            throw new InvalidReviewException($"older_than_seconds is {selection.OlderThanSeconds}; it must be 0 to 3153600000.");
        Note(selection.Note);
        // What fails after this instant is not part of it: a letter sent again that fails at once must not go round for ever.
        SettleDeadLetters.Payload payload = new(
            decision, selection, time.GetUtcNow() - TimeSpan.FromSeconds(selection.OlderThanSeconds ?? 0), caller.Actor());
        EnqueueResult job = await client.EnqueueAsync(
            new NewJob(SettleDeadLetters.OperationName, PayloadJson.Write(payload)) { Source = $"api:{caller.Actor()}" }, cancellationToken);
        string kind = decision == SettleDeadLetters.Decision.Redrive ? "dead_letter.redrive_many" : "dead_letter.archive_many";
        await audit.WriteAsync(kind, caller.Actor(), $"{job.JobId}", selection, cancellationToken);
        return TypedResults.Accepted($"/jobs/{job.JobId}", new QueuedJob(job.JobId, JobStatus.Queued.ToText()));
    }

    private static async Task<DeadLetter> RequireAsync(Guid deadLetterId, IJobReader reader, CancellationToken cancellationToken) =>
        await reader.FindDeadLetterAsync(deadLetterId, cancellationToken) ?? throw new DeadLetterNotFoundException(deadLetterId);

    private static async Task<Ok<DeadLetterView>> ViewAsync(DeadLetter letter, IDeadLetterStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(letter.ToView(await store.ActionsAsync(letter.Id, cancellationToken)));

    private static string? Note(string? note) =>
        note is { Length: > NoteLengthMax }
            ? throw new InvalidReviewException($"note has {note.Length:N0} characters; the limit is {NoteLengthMax:N0}.")
            : string.IsNullOrWhiteSpace(note) ? null : note.Trim();
}
