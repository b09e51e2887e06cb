using System.Text.Json;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Penstock.Engine.Jobs;
using Penstock.Engine.Storage;

namespace Penstock.Server.Jobs;

/// <summary>The store's records in the words of the API.</summary>
internal static class JobViews
{
    public static JobView ToView(this Job job) => new()
    {
        Id = job.Id,
        Operation = job.Operation,
        QueueName = job.QueueName,
        Status = job.Status.ToText(),
        ParentJobId = job.ParentJobId,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        FinishedAt = job.FinishedAt,
        RunAt = job.RunAt,
        ProgressCurrent = job.ProgressCurrent,
        ProgressTotal = job.ProgressTotal,
        ErrorCode = job.ErrorCode,
        ErrorMessage = job.ErrorMessage,
        Priority = job.Priority,
        Attempt = job.Attempt,
        MaxAttempts = job.MaxAttempts,
        Retries = job.Retries,
        WorkerId = job.WorkerId,
        WaitingFor = job.WaitingFor,
    };

    public static JobDetail ToDetail(this Job job, IReadOnlyList<BatchStageState> stages) => new(
        job.ToView(), Parse(job.Payload), job.Meta is null ? null : Parse(job.Meta), job.Result is null ? null : Parse(job.Result),
        stages.Select(s => new BatchStageView(s.Stage, s.Operation, s.QueueName, s.Total, s.Done, s.Failed)).ToList())
    {
        Resources = job.Resources is null ? new Dictionary<string, int>() : JsonSerializer.Deserialize<Dictionary<string, int>>(job.Resources)!,
    };

    public static EventView ToView(this JobEvent entry) => new(
        entry.Id, entry.JobId, entry.At, LevelText(entry.Level), entry.Name, entry.Message, Parse(entry.Fields));

    /// <summary>JSON text of the store as a value.</summary>
    public static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static string LevelText(JobEventLevel level) => level switch
    {
        JobEventLevel.Info => "info",
        JobEventLevel.Warning => "warning",
        _ => "error",
    };
}
