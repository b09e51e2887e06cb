namespace Penstock.Sql.Jobs;

/// <summary>How many jobs of each queue have ended, and how.</summary>
/// <remarks>
/// SQLite counts in the queue's row. PostgreSQL counts by the second and adds up later, because it keeps each version of a row while
/// any transaction is open.
/// </remarks>
internal static class QueueTally
{
    /// <summary>The three counts of queue <c>q</c>, to be selected.</summary>
    public static readonly SqlVariants Columns = new(
        Sqlite: "q.succeeded, q.failed, q.cancelled",
        Postgres: string.Join(
            ", ",
            from ending in (string[])["succeeded", "failed", "cancelled"]
            select $"q.{ending} + cast((select coalesce(sum(t.{ending}), 0) from queue_tally t where t.queue_id = q.id) as bigint)"));

    private static readonly SqlVariants AddSql = new(
        Sqlite: """
        update queue set succeeded = succeeded + @succeeded, failed = failed + @failed, cancelled = cancelled + @cancelled
         where id = @id
        """,
        Postgres: """
        insert into queue_tally as t (queue_id, counted_at, succeeded, failed, cancelled)
        values (@id, date_trunc('second', cast(@now as timestamptz)), @succeeded, @failed, @cancelled)
        on conflict (queue_id, counted_at) do update
           set succeeded = t.succeeded + excluded.succeeded, failed = t.failed + excluded.failed, cancelled = t.cancelled + excluded.cancelled
        """);

    private const string FoldSql = """
        with past as (delete from queue_tally where counted_at < date_trunc('second', cast(@now as timestamptz)) returning *),
        sums as (
            select queue_id, cast(sum(succeeded) as bigint) as succeeded, cast(sum(failed) as bigint) as failed,
                   cast(sum(cancelled) as bigint) as cancelled
              from past group by queue_id)
        update queue q set succeeded = q.succeeded + s.succeeded, failed = q.failed + s.failed, cancelled = q.cancelled + s.cancelled
          from sums s where q.id = s.queue_id
        """;

    public static async Task AddAsync(
        StoreWrite write, long queueId, int succeeded, int failed, int cancelled, CancellationToken cancellationToken)
    {
        using SqlStatement add = write.Session.Statement(AddSql)
            .Bind("id", queueId).Bind("succeeded", succeeded).Bind("failed", failed).Bind("cancelled", cancelled);
        if (write.Session.Database.PrefersSets)
            add.Bind("now", write.Now);
        await add.ExecuteAsync(cancellationToken);
    }

    /// <summary>Adds the seconds that are over to their queues.</summary>
    public static async Task FoldAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        if (!write.Session.Database.PrefersSets)
            return;
        using SqlStatement fold = write.Session.Statement(FoldSql).Bind("now", write.Now);
        await fold.ExecuteAsync(cancellationToken);
    }
}
