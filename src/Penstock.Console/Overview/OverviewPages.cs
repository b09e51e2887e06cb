using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Penstock.Client.DeadLetters;
using Penstock.Client.Events;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Console.Hosting;

namespace Penstock.Console.Overview;

/// <summary>The first page: is all well, what runs, what waits, what went wrong.</summary>
internal static class OverviewPages
{
    private const int RunningShown = 10;
    private const int RecentShown = 8;
    private const int EventsShown = 12;
    private const int TroubleShown = 5;

    /// <summary>Jobs counted for the history of the last hour.</summary>
    public const int HistoryDepth = 200;

    public static void MapOverview(this IEndpointRouteBuilder pages) => pages.MapGet("/", ShowAsync);

    private static async Task<IResult> ShowAsync(ConsoleCall call, CancellationToken cancellationToken)
    {
        Task<ReadinessView> readiness = call.Api.ReadinessAsync(cancellationToken);
        Task<IReadOnlyList<JobView>> running =
            call.Api.JobsAsync(new JobQuery { Status = "running", Limit = RunningShown }, cancellationToken);
        Task<IReadOnlyList<QueueView>> queues = call.Api.QueuesAsync(cancellationToken);
        Task<IReadOnlyList<WorkerView>> workers = call.Api.WorkersAsync(cancellationToken);
        Task<DeadLetterCount> letters = call.Api.CountDeadLettersAsync(new DeadLetterQuery { Status = "open" }, cancellationToken);
        Task<IReadOnlyList<EventView>> events = call.Api.RecentEventsAsync(new EventQuery { Limit = EventsShown }, cancellationToken);
        Task<IReadOnlyList<EventView>> trouble =
            call.Api.RecentEventsAsync(new EventQuery { Level = "warning", Limit = TroubleShown }, cancellationToken);
        IReadOnlyList<JobView> newest =
            await call.Api.JobsAsync(new JobQuery { IncludeChildren = true, Limit = HistoryDepth }, cancellationToken);
        OverviewModel model = new(
            await readiness, await running, [.. newest.Where(job => job.ParentJobId is null).Take(RecentShown)], await queues, await workers,
            (await letters).Count, FinishedHistory.Of(newest, HistoryDepth, call.Now),
            await events, await trouble);
        return await call.PageAsync<OverviewPage>(model, cancellationToken);
    }
}
