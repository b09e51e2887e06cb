using System.Text.Json;
using Penstock.Cli.Output;
using Penstock.Client.Jobs;

namespace Penstock.Cli.Commands;

/// <summary>One job with everything it carries.</summary>
internal static class JobSheet
{
    public static void Print(CommandRun run, JobDetail job)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        run.Terminal.PrintFields(
            ("job", job.Id.ToString(), "bold"),
            ("operation", job.Operation, null),
            ("queue", job.QueueName, null),
            ("status", job.WaitingFor is null ? job.Status : $"{job.Status}, {Waits(job)}", Words.StatusStyle(job.Status)),
            ("error", job.ErrorCode is null ? null : $"{job.ErrorCode}: {job.ErrorMessage}", "red"),
            ("progress", Progress(job), null),
            ("attempt", Attempt(job), null),
            ("priority", job.Priority == 0 ? null : $"{job.Priority}", null),
            ("created", Words.Instant(job.CreatedAt, now), null),
            ("runs at", job.Status == "queued" ? Words.Instant(job.RunAt, now) : null, null),
            ("started", Words.Instant(job.StartedAt, now), null),
            ("finished", Words.Instant(job.FinishedAt, now), null),
            ("took", job is { StartedAt: { } started, FinishedAt: { } finished } ? Words.Of(finished - started) : null, null),
            ("worker", job.WorkerId, null),
            ("parent", job.ParentJobId?.ToString(), null),
            ("unique key", job.UniqueKey, null),
            ("payload", Words.Json(job.Payload), null),
            ("meta", Text(job.Meta), null),
            ("result", Text(job.Result), null));
        FlowTables.Print(run, job);
        if (job.Stages.Count == 0)
            return;
        run.Terminal.Line();
        run.Terminal.Print(job.Stages, "",
            new Column<BatchStageView>("STAGE", stage => $"{stage.Stage + 1}"),
            new Column<BatchStageView>("OPERATION", stage => stage.Operation) { ShrinksTo = 16 },
            new Column<BatchStageView>("QUEUE", stage => stage.QueueName) { ShrinksTo = 10, DropOrder = 1 },
            new Column<BatchStageView>("DONE", stage => Words.Count(stage.Done)) { RightAligned = true },
            new Column<BatchStageView>("FAILED", stage => Words.Count(stage.Failed)) { RightAligned = true, Style = stage => stage.Failed > 0 ? "red" : null },
            new Column<BatchStageView>("TOTAL", stage => Words.Count(stage.Total)) { RightAligned = true });
    }

    private static string Waits(JobView job) => job.WaitingFor switch
    {
        "signal" => "waiting for a signal",
        "sleep" => "asleep",
        { } other => $"waiting for its {other}",
        null => "",
    };

    private static string? Progress(JobView job) => job switch
    {
        { ProgressCurrent: { } current, ProgressTotal: > 0 and { } total } => $"{Words.Count(current)} of {Words.Count(total)} ({100.0 * current / total:0.#} %)",
        { ProgressCurrent: { } current } => Words.Count(current),
        _ => null,
    };

    private static string Attempt(JobView job) => job.Retries == 0
        ? $"{job.Attempt}, fails for good after {Words.Plural(job.MaxAttempts, "failure")}"
        : $"{job.Attempt}, of them {Words.Plural(job.Retries, "snooze")}; fails for good after {Words.Plural(job.MaxAttempts, "failure")}";

    private static string? Text(JsonElement? value) => value is { ValueKind: not JsonValueKind.Null } json ? Words.Json(json) : null;
}
