using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>The history of a dead letter: one row for each thing done to it.</summary>
internal static class DeadLetterActions
{
    private const string InsertSql = """
        insert into dead_letter_action (dead_letter_id, at, actor, action, note, assignee, urgency, payload_before)
        values (@id, @now, @actor, @action, @note, @assignee, @urgency, @payload_before)
        """;

    private const string ListSql = """
        select at, actor, action, note, assignee, urgency, payload_before from dead_letter_action where dead_letter_id = @id order by id
        """;

    public static async Task WriteAsync(
        SqlSession session, DateTimeOffset now, Guid deadLetterId, string action, string? by, string? note, CancellationToken cancellationToken,
        string? assignee = null, string? urgency = null, string? payloadBefore = null)
    {
        using SqlStatement insert = session.Statement(InsertSql)
            .Bind("id", deadLetterId).Bind("now", now).Bind("actor", by).Bind("action", action).Bind("note", note)
            .Bind("assignee", assignee).Bind("urgency", urgency).Bind("payload_before", payloadBefore);
        await insert.ExecuteAsync(cancellationToken);
    }

    public static async Task<IReadOnlyList<DeadLetterAction>> ListAsync(
        SqlSession session, Guid deadLetterId, CancellationToken cancellationToken)
    {
        using SqlStatement list = session.Statement(ListSql).Bind("id", deadLetterId);
        return await list.QueryAsync(
            row => new DeadLetterAction(
                row.Instant(0), row.TextOrNull(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), row.TextOrNull(6)),
            cancellationToken);
    }
}
