using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Jobs;
using Penstock.Client.Schedules;
using Penstock.Engine.Jobs;
using Penstock.Engine.Protection;
using Penstock.Engine.Scheduling;
using Penstock.Ops;
using Penstock.Ops.Security;

namespace Penstock.Server.Schedules;

internal static class ScheduleEndpoints
{
    private const int RunsUsual = 50;
    private const int RunsMax = 500;
    private const int SlotsUsual = 5;
    private const int SlotsMax = 100;

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder schedules = routes.MapGroup("/schedules").WithTags("Schedules");
        RouteGroupBuilder read = schedules.MapGroup("").RequireAuthorization(Policies.Viewer);
        read.MapGet("", ListAsync);
        read.MapGet("/preview", Preview)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        read.MapGet("/{name}", FindAsync).ProducesProblem(StatusCodes.Status404NotFound);
        read.MapGet("/{name}/runs", RunsAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder change = schedules.MapGroup("").RequireAuthorization(Policies.Operator);
        change.MapPut("/{name}", SetAsync)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        change.MapDelete("/{name}", RemoveAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        change.MapPost("/{name}/pause", PauseAsync).ProducesProblem(StatusCodes.Status404NotFound);
        change.MapPost("/{name}/resume", ResumeAsync).ProducesProblem(StatusCodes.Status404NotFound);
        change.MapPost("/{name}/run", RunAsync)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>All schedules with their next slot and their last job, by name.</summary>
    internal static async Task<Ok<IEnumerable<ScheduleView>>> ListAsync(IScheduleStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok((await store.ListAsync(cancellationToken)).Select(schedule => schedule.ToView()));

    /// <summary>One schedule.</summary>
    internal static async Task<Ok<ScheduleView>> FindAsync(string name, IScheduleStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok((await RequireAsync(name, store, cancellationToken)).ToView());

    /// <summary>The jobs a schedule made, newest slot first.</summary>
    /// <param name="before">Only slots before this one: the last slot_at of the page before.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    internal static async Task<Ok<IEnumerable<ScheduleRunView>>> RunsAsync(
        string name, IScheduleStore store, CancellationToken cancellationToken, DateTimeOffset? before = null, int? limit = null)
    {
        int rows = PageSize.Checked(limit, RunsUsual, RunsMax);
        await RequireAsync(name, store, cancellationToken);
        return TypedResults.Ok((await store.RunsAsync(name, before, rows, cancellationToken)).Select(run => run.ToView()));
    }

    /// <summary>The next slots of an expression, in UTC and on the wall clock of the time zone.</summary>
    /// <param name="cron">Five fields, a nickname such as @daily, or an interval such as @every 15m.</param>
    /// <param name="timeZone">An IANA name; default UTC.</param>
    /// <param name="count">1 to 100; default 5.</param>
    internal static Ok<SchedulePreview> Preview(
        string cron, TimeProvider time, [FromQuery(Name = "time_zone")] string? timeZone = null, int? count = null)
    {
        if (count is < 1 or > SlotsMax)
            throw new ParameterOutOfRangeException("count", $"{count}", $"1 to {SlotsMax}");
        CronExpression expression = CronExpression.Parse(cron);
        TimeZoneInfo zone = TimeZones.Find(timeZone ?? TimeZones.Utc);
        return TypedResults.Ok(new SchedulePreview(
            expression.ToString(), zone.Id,
            [.. expression.After(time.GetUtcNow(), zone).Take(count ?? SlotsUsual).Select(at => new ScheduleSlot(at, ScheduleViews.Local(at, zone)))]));
    }

    /// <summary>Makes a schedule, or changes it to what the body says. One that is declared in the program is changed there.</summary>
    internal static async Task<Results<Created<ScheduleView>, Ok<ScheduleView>>> SetAsync(
        string name, ScheduleRequest request, ClaimsPrincipal caller, IScheduleClient client, IScheduleStore store, SecretMask mask,
        AuditLog audit, CancellationToken cancellationToken)
    {
        ScheduleDefinition wanted = request.ToDefinition(name);
        // Whoever edits was shown the payload masked; what they left masked keeps its value.
        (string? payload, string? missing) = mask.Restore(wanted.Payload, (await store.FindAsync(name, cancellationToken))?.Definition.Payload ?? "{}");
        if (payload is null)
            throw new ScheduleInvalidException($"'{missing}' of the payload is '{SecretMask.Shown}', which is how views hide a value, and there was none under that name. Give the value itself.");
        (Schedule schedule, bool isNew) = await client.SetAsync(wanted with { Payload = payload }, cancellationToken);
        await audit.WriteAsync(
            "schedule.set", caller.Actor(), name,
            new { request.Operation, request.Cron, schedule.Definition.TimeZone, Misfire = schedule.Definition.Misfire.ToText(), isNew }, cancellationToken);
        return isNew ? TypedResults.Created($"/schedules/{name}", schedule.ToView()) : TypedResults.Ok(schedule.ToView());
    }

    /// <summary>Removes a schedule; the jobs it made stay.</summary>
    internal static async Task<Ok<RemovedSchedule>> RemoveAsync(
        string name, ClaimsPrincipal caller, IScheduleClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        await client.RemoveAsync(name, cancellationToken);
        await audit.WriteAsync("schedule.remove", caller.Actor(), name, null, cancellationToken);
        return TypedResults.Ok(new RemovedSchedule(name));
    }

    /// <summary>Stops a schedule from making jobs, over restarts too, until it is resumed.</summary>
    internal static async Task<Ok<ScheduleView>> PauseAsync(
        string name, ClaimsPrincipal caller, IScheduleClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        Schedule schedule = await client.PauseAsync(name, caller.Actor(), cancellationToken);
        await audit.WriteAsync("schedule.pause", caller.Actor(), name, null, cancellationToken);
        return TypedResults.Ok(schedule.ToView());
    }

    /// <summary>Lets a schedule go on with its first slot after now: those that passed during the pause do not run.</summary>
    internal static async Task<Ok<ScheduleView>> ResumeAsync(
        string name, ClaimsPrincipal caller, IScheduleClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        Schedule schedule = await client.ResumeAsync(name, cancellationToken);
        await audit.WriteAsync("schedule.resume", caller.Actor(), name, null, cancellationToken);
        return TypedResults.Ok(schedule.ToView());
    }

    /// <summary>Makes one job of a schedule now, paused or not; its slots stay as they are.</summary>
    internal static async Task<Created<QueuedJob>> RunAsync(
        string name, ClaimsPrincipal caller, IScheduleClient client, AuditLog audit, CancellationToken cancellationToken)
    {
        Guid jobId = await client.RunNowAsync(name, caller.Actor(), cancellationToken);
        await audit.WriteAsync("schedule.run", caller.Actor(), name, new { jobId }, cancellationToken);
        return TypedResults.Created($"/jobs/{jobId}", new QueuedJob(jobId, JobStatus.Queued.ToText()));
    }

    private static async Task<Schedule> RequireAsync(string name, IScheduleStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(name, cancellationToken) ?? throw new ScheduleNotFoundException(name);

    private static ScheduleDefinition ToDefinition(this ScheduleRequest request, string name) => new(name, request.Operation, request.Cron)
    {
        Payload = request.Payload is { ValueKind: not JsonValueKind.Null } payload ? payload.GetRawText() : "{}",
        QueueName = request.QueueName,
        Priority = request.Priority,
        TimeZone = request.TimeZone ?? TimeZones.Utc,
        Misfire = request.Misfire is null ? MisfirePolicy.FireOnce : MisfirePolicyText.Parse(request.Misfire),
        CatchUpMax = request.CatchUpMax ?? 10,
        Jitter = request.JitterSeconds is >= 0 and <= 86_400
            ? TimeSpan.FromSeconds(request.JitterSeconds)
            : throw new ScheduleInvalidException($"jitter_seconds is {request.JitterSeconds}; 0 to 86400 are possible."),
    };
}
