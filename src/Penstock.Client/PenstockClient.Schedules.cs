using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Client.Schedules;

namespace Penstock.Client;

public sealed partial class PenstockClient
{
    public Task<IReadOnlyList<ScheduleView>> SchedulesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ScheduleView>>("/schedules", cancellationToken);

    public Task<ScheduleView> ScheduleAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<ScheduleView>(Schedule(name), cancellationToken);

    /// <summary>Makes or changes a schedule.</summary>
    public Task<ScheduleView> SetScheduleAsync(string name, ScheduleRequest schedule, CancellationToken cancellationToken) =>
        PutAsync<ScheduleView>(Schedule(name), schedule, cancellationToken);

    /// <summary>Removes a schedule; the jobs it made stay.</summary>
    public Task<RemovedSchedule> RemoveScheduleAsync(string name, CancellationToken cancellationToken) =>
        DeleteAsync<RemovedSchedule>(Schedule(name), cancellationToken);

    public Task<ScheduleView> PauseScheduleAsync(string name, CancellationToken cancellationToken) =>
        PostAsync<ScheduleView>(Schedule(name) + "/pause", null, cancellationToken);

    /// <summary>Slots that passed during the pause do not run.</summary>
    public Task<ScheduleView> ResumeScheduleAsync(string name, CancellationToken cancellationToken) =>
        PostAsync<ScheduleView>(Schedule(name) + "/resume", null, cancellationToken);

    /// <summary>Makes one job of it now, paused or not.</summary>
    public Task<QueuedJob> RunScheduleAsync(string name, CancellationToken cancellationToken) =>
        PostAsync<QueuedJob>(Schedule(name) + "/run", null, cancellationToken);

    /// <summary>The jobs a schedule made, newest slot first.</summary>
    /// <param name="before">Only slots before this one.</param>
    /// <param name="limit">1 to 500.</param>
    public Task<IReadOnlyList<ScheduleRunView>> ScheduleRunsAsync(
        string name, DateTimeOffset? before, int limit, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ScheduleRunView>>(
            new ApiPath(Schedule(name) + "/runs").With("before", before).With("limit", limit), cancellationToken);

    /// <param name="timeZone">Null: UTC.</param>
    /// <param name="count">1 to 100.</param>
    public Task<SchedulePreview> PreviewScheduleAsync(string cron, string? timeZone, int count, CancellationToken cancellationToken) =>
        GetAsync<SchedulePreview>(
            new ApiPath("/schedules/preview").With("cron", cron).With("time_zone", timeZone).With("count", count), cancellationToken);

    /// <summary>The newest events over all jobs, newest first.</summary>
    public Task<IReadOnlyList<EventView>> RecentEventsAsync(EventQuery query, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<EventView>>(
            new ApiPath("/events/recent").With("level", query.Level).With("event", query.Event)
                .With("before", query.Before).With("limit", query.Limit),
            cancellationToken);

    private static string Schedule(string name) => $"/schedules/{Uri.EscapeDataString(name)}";
}
