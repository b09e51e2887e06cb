using System.Data.Common;
using Penstock.Engine.Jobs;

namespace Penstock.Sql.Jobs;

/// <summary>The columns of a job in one order, and the record made of them.</summary>
internal static class JobRow
{
    /// <summary>Follows <c>select</c>; the table's alias is <c>j</c>.</summary>
    public const string Columns = """
        j.id, j.operation, j.queue_name, j.status, j.payload, j.meta, j.result, j.created_at, j.started_at, j.finished_at,
        j.run_at, j.progress_current, j.progress_total, j.parent_job_id, j.error_code, j.error_message, j.priority, j.attempt,
        j.max_attempts, j.retries, j.deaths, j.fence, j.worker_id, j.idempotency_key, j.waiting_for, j.timeout_seconds, j.unique_key,
        j.resources
        """;

    public static Job Read(DbDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Operation = row.GetString(1),
        QueueName = row.GetString(2),
        Status = JobStatusText.Parse(row.GetString(3)),
        Payload = row.GetString(4),
        Meta = row.TextOrNull(5),
        Result = row.TextOrNull(6),
        CreatedAt = row.Instant(7),
        StartedAt = row.InstantOrNull(8),
        FinishedAt = row.InstantOrNull(9),
        RunAt = row.InstantOrNull(10),
        ProgressCurrent = row.LongOrNull(11),
        ProgressTotal = row.LongOrNull(12),
        ParentJobId = row.GuidOrNull(13),
        ErrorCode = row.TextOrNull(14),
        ErrorMessage = row.TextOrNull(15),
        Priority = row.GetInt32(16),
        Attempt = row.GetInt32(17),
        MaxAttempts = row.GetInt32(18),
        Retries = row.GetInt32(19),
        Deaths = row.GetInt32(20),
        Fence = row.GetInt64(21),
        WorkerId = row.TextOrNull(22),
        IdempotencyKey = row.TextOrNull(23),
        WaitingFor = row.TextOrNull(24),
        Timeout = row.DoubleOrNull(25) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        UniqueKey = row.TextOrNull(26),
        Resources = row.TextOrNull(27),
    };
}
