using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.Events;
using Penstock.Engine.Storage;
using Penstock.Ops;
using Penstock.Ops.Security;
using Penstock.Server.Jobs;

namespace Penstock.Server.Events;

internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/events", StreamAsync).WithTags("Events").RequireAuthorization(Policies.Viewer)
            .Produces<EventView>(StatusCodes.Status200OK, "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);

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
        await live.SendAsync(context.Response, jobId, after, cancellationToken);
    }
}
