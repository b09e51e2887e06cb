using System.Data.Common;
using Penstock.Engine.Jobs;
using Penstock.Engine.Scheduling;

namespace Penstock.Sql.Scheduling;

/// <summary>The columns of a schedule in one order, the record made of them, and a definition's values.</summary>
internal static class ScheduleRow
{
    /// <summary>Follows <c>select</c>; the table's alias is <c>s</c>.</summary>
    public const string Columns = """
        s.name, s.operation, s.cron, s.payload, s.queue_name, s.priority, s.time_zone, s.misfire, s.catch_up_max, s.jitter_seconds,
        s.origin, s.next_at, s.last_slot_at, s.last_job_id, (select j.status from job j where j.id = s.last_job_id),
        s.paused_at, s.paused_by, s.error_message, s.created_at, s.updated_at
        """;

    public static Schedule Read(DbDataReader row) => new(new ScheduleDefinition(row.GetString(0), row.GetString(1), row.GetString(2))
    {
        Payload = row.GetString(3),
        QueueName = row.TextOrNull(4),
        Priority = row.GetInt32(5),
        TimeZone = row.GetString(6),
        Misfire = MisfirePolicyText.Parse(row.GetString(7)),
        CatchUpMax = row.GetInt32(8),
        Jitter = TimeSpan.FromSeconds(row.GetDouble(9)),
    })
    {
        IsDeclared = row.GetString(10) == "declared",
        NextAt = row.InstantOrNull(11),
        LastSlotAt = row.InstantOrNull(12),
        LastJobId = row.GuidOrNull(13),
        LastJobStatus = row.TextOrNull(14) is { } status ? JobStatusText.Parse(status) : null,
        PausedAt = row.InstantOrNull(15),
        PausedBy = row.TextOrNull(16),
        ErrorMessage = row.TextOrNull(17),
        CreatedAt = row.Instant(18),
        UpdatedAt = row.Instant(19),
    };

    public static SqlStatement BindDefinition(this SqlStatement statement, ScheduleDefinition definition) => statement
        .Bind("name", definition.Name).Bind("operation", definition.Operation).Bind("cron", definition.Cron)
        .Bind("payload", definition.Payload).Bind("queue_name", definition.QueueName).Bind("priority", definition.Priority)
        .Bind("time_zone", definition.TimeZone).Bind("misfire", definition.Misfire.ToText())
        .Bind("catch_up_max", definition.CatchUpMax).Bind("jitter_seconds", definition.Jitter);

    public static async Task<Schedule?> FindAsync(SqlSession session, string sql, string name, CancellationToken cancellationToken)
    {
        using SqlStatement find = session.Statement(sql).Bind("name", name);
        return await find.FirstAsync(Read, cancellationToken);
    }
}
