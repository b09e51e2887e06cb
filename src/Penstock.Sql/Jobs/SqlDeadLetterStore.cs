using Penstock.Engine.Enqueueing;
using Penstock.Engine.Storage;

namespace Penstock.Sql.Jobs;

/// <summary>Reviews of dead letters: each method changes one letter that is in the right status, and writes down who did it.</summary>
public sealed class SqlDeadLetterStore(SqlDatabase database, TimeProvider time) : IDeadLetterStore
{
    private const string ReviewSql = """
        update dead_letter
           set status = 'in_review', assignee = coalesce(@assignee, assignee), urgency = coalesce(@urgency, urgency)
         where id = @id and status in ('pending', 'in_review')
        """;

    private const string EditSql = """
        update dead_letter set payload = @payload, edited = 1 where id = @id and status in ('pending', 'in_review')
        """;

    private const string ArchiveSql = """
        update dead_letter set status = 'archived', settled_at = @now, settled_by = @by
         where id = @id and status in ('pending', 'in_review')
        """;

    private const string ReopenSql = """
        update dead_letter set status = 'pending', settled_at = null, settled_by = null where id = @id and status = 'archived'
        """;

    public Task<DeadLetter> ReviewAsync(Guid deadLetterId, DeadLetterReview review, string? by, CancellationToken cancellationToken) =>
        ChangeAsync(
            deadLetterId,
            async (session, _, token) =>
            {
                using SqlStatement update = session.Statement(ReviewSql)
                    .Bind("id", deadLetterId).Bind("assignee", review.Assignee).Bind("urgency", review.Urgency);
                bool changed = await update.ExecuteAsync(token) > 0;
                await DeadLetterActions.WriteAsync(
                    session, time.GetUtcNow(), deadLetterId, "reviewed", by, review.Note, token, review.Assignee, review.Urgency);
                return changed;
            },
            cancellationToken);

    public Task<DeadLetter> EditAsync(
        Guid deadLetterId, string payload, string? note, string? by, CancellationToken cancellationToken) =>
        ChangeAsync(
            deadLetterId,
            async (session, letter, token) =>
            {
                using SqlStatement update = session.Statement(EditSql).Bind("id", deadLetterId).Bind("payload", payload);
                bool changed = await update.ExecuteAsync(token) > 0;
                await DeadLetterActions.WriteAsync(
                    session, time.GetUtcNow(), deadLetterId, "edited", by, note, token, payloadBefore: letter.Payload);
                return changed;
            },
            cancellationToken);

    public Task<DeadLetter> ArchiveAsync(Guid deadLetterId, string? note, string? by, CancellationToken cancellationToken) =>
        ChangeAsync(
            deadLetterId,
            async (session, _, token) =>
            {
                using SqlStatement update = session.Statement(ArchiveSql)
                    .Bind("id", deadLetterId).Bind("now", time.GetUtcNow()).Bind("by", by);
                bool changed = await update.ExecuteAsync(token) > 0;
                await DeadLetterActions.WriteAsync(session, time.GetUtcNow(), deadLetterId, "archived", by, note, token);
                return changed;
            },
            cancellationToken);

    public Task<DeadLetter> ReopenAsync(Guid deadLetterId, string? note, string? by, CancellationToken cancellationToken) =>
        ChangeAsync(
            deadLetterId,
            async (session, _, token) =>
            {
                using SqlStatement update = session.Statement(ReopenSql).Bind("id", deadLetterId);
                bool changed = await update.ExecuteAsync(token) > 0;
                await DeadLetterActions.WriteAsync(session, time.GetUtcNow(), deadLetterId, "reopened", by, note, token);
                return changed;
            },
            cancellationToken);

    public Task<IReadOnlyList<DeadLetterAction>> ActionsAsync(Guid deadLetterId, CancellationToken cancellationToken) =>
        database.ReadAsync((session, token) => DeadLetterActions.ListAsync(session, deadLetterId, token), cancellationToken);

    /// <param name="change">False: the letter was not in a status that allows it; what was written is undone.</param>
    private Task<DeadLetter> ChangeAsync(
        Guid deadLetterId, Func<SqlSession, DeadLetter, CancellationToken, Task<bool>> change, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                DeadLetter letter = await SqlJobReader.FindDeadLetterAsync(session, deadLetterId, token)
                    ?? throw new DeadLetterNotFoundException(deadLetterId);
                if (!await change(session, letter, token))
                    throw new DeadLetterSettledException(deadLetterId, letter.Status);
                return (await SqlJobReader.FindDeadLetterAsync(session, deadLetterId, token))!;
            },
            cancellationToken);
}
