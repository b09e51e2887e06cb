using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Events;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;
using Penstock.Server.Http;
using Penstock.Server.Jobs;

namespace Penstock.Server.Events;

internal static class EventEndpoints
{
    private const int RecentUsual = 50;
    private const int RecentMax = 500;

    public static void MapEvents(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder events = routes.MapGroup("/events").WithTags("Events").RequireAuthorization(Policies.Viewer);
        events.MapGet("", StreamAsync)
            .Produces<EventView>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
        events.MapGet("/recent", RecentAsync).ProducesProblem(StatusCodes.Status400BadRequest);
    }

    /// <summary>The newest events over all jobs, newest first. For a name, the newest 200,000 events are looked through.</summary>
    /// <param name="level">Of this level or worse: info, warning or error; default info.</param>
    /// <param name="name">A name such as job.failed, or the beginning of names with a star: job.*.</param>
    /// <param name="before">Only events before this id: the last one of the page before.</param>
    /// <param name="limit">1 to 500; default 50.</param>
    internal static async Task<Ok<IEnumerable<EventView>>> RecentAsync(
        IJobReader reader, CancellationToken cancellationToken, string? level = null, [FromQuery(Name = "event")] string? name = null,
        long? before = null, int? limit = null)
    {
        JobEventLevel least = level switch
        {
            null or "info" => JobEventLevel.Info,
            "warning" => JobEventLevel.Warning,
            "error" => JobEventLevel.Error,
            _ => throw new ParameterOutOfRangeException("level", level, "info, warning or error"),
        };
        RecentEventFilter filter = new(least, string.IsNullOrEmpty(name) ? null : name, before, PageSize.Checked(limit, RecentUsual, RecentMax));
        return TypedResults.Ok((await reader.RecentEventsAsync(filter, cancellationToken)).Select(
            recent => recent.Event.ToView() with { Operation = recent.Operation }));
    }

    /// <summary>Live events as server-sent events, oldest first; resumes after Last-Event-ID.</summary>
    /// <param name="jobId">Only the events of this job; absent: all jobs.</param>
    /// <param name="after">Begin after this event id, 0 for the beginning; absent: from now on. Last-Event-ID wins over it.</param>
    internal static async Task StreamAsync(
        HttpContext context, LiveEvents live, IJobReader reader, CancellationToken cancellationToken,
        [FromQuery(Name = "job_id")] Guid? jobId = null, long? after = null)
    {
        if (jobId is { } id)
            await JobEndpoints.RequireAsync(id, reader, cancellationToken);
        string header = context.Request.Headers["Last-Event-ID"].ToString();
        if (header.Length > 0)
            after = long.TryParse(header, out long last) ? last : throw new ParameterOutOfRangeException("Last-Event-ID", header, "the id of an event");
        if (after < 0)
            throw new ParameterOutOfRangeException("after", $"{after}", "0 or more");
        if (HeadRequests.Is(context))
        {
            context.Response.ContentType = "text/event-stream";
            return;
        }
        await live.SendAsync(context.Response, jobId, after, cancellationToken);
    }
}
