using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary>Jobs as a table.</summary>
internal static class JobTable
{
    /// <summary>From here on whole ids leave room for the rest.</summary>
    private const int WidthForWholeIds = 140;

    public static void Print(CommandRun run, IReadOnlyList<JobView> jobs)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        bool whole = run.Terminal.Width >= WidthForWholeIds;
        run.Terminal.Print(jobs, "No jobs. Enqueue one with 'penstock jobs enqueue OPERATION'.",
            new Column<JobView>("JOB", job => whole ? job.Id.ToString() : JobIds.Short(job.Id)) { Style = _ => "bold" },
            new Column<JobView>("OPERATION", job => job.Operation) { ShrinksTo = 24 },
            new Column<JobView>("STATUS", Status) { Style = job => Words.StatusStyle(job.Status) },
            new Column<JobView>("PROGRESS", Progress) { RightAligned = true, DropOrder = 2 },
            new Column<JobView>("QUEUE", job => job.QueueName) { ShrinksTo = 10, DropOrder = 3 },
            new Column<JobView>("AGE", job => Words.Age(job.CreatedAt, now)) { RightAligned = true },
            new Column<JobView>("TOOK", job => Took(job, now)) { RightAligned = true, DropOrder = 1 },
            new Column<JobView>("ERROR", job => job.ErrorCode is null ? "" : $"{job.ErrorCode}: {job.ErrorMessage}") { ShrinksTo = 16, Style = _ => "red" });
    }

    public static string Progress(JobView job) => (job.ProgressCurrent, job.ProgressTotal) switch
    {
        ({ } current, { } total) when total > 0 && job.Status == "running" => $"{100.0 * current / total:0}%",
        ({ } current, { } total) when current == total => Words.Count(current),
        ({ } current, { } total) => $"{Words.Count(current)}/{Words.Count(total)}",
        ({ } current, null) => Words.Count(current),
        _ => "",
    };

    private static string Status(JobView job) => job.WaitingFor is null ? job.Status : $"{job.Status} ({job.WaitingFor})";

    private static string Took(JobView job, DateTimeOffset now) => job.StartedAt is not { } started || job.Status == "queued"
        ? ""
        : Words.Of((job.FinishedAt ?? now) - started);
}
