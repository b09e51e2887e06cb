using Npgsql;

namespace Penstock.Postgres;

/// <summary>Makes the hints anew from the rows they lead to: a crash of the server empties the unlogged tables.</summary>
/// <remarks>
/// Every connection ends with the server, so a look at each new connection sees every crash before anything is claimed.
/// A deferred item has no instant in its row and becomes ready at once; that costs it a wait, not its place in its batch.
/// </remarks>
internal static class HintRebuild
{
    private const string HasSchemaSql = "select to_regclass('engine_epoch') is not null";

    private const string IsWholeSql = "select exists (select 1 from engine_epoch)";

    private const string RebuildSql = """
        delete from ready; delete from deferred; delete from parked; delete from unpark; delete from engine_epoch;
        insert into ready (queue_id, prio, kind, seq)
        select q.id, -j.priority, 0, j.seq from job j join queue q on q.name = j.queue_name
         where j.status = 'queued' and (j.run_at is null or j.run_at <= @now)
           and (j.waiting_for is null or j.waiting_for = 'sleep' or (j.waiting_for = 'signal' and j.run_at is not null))
        on conflict do nothing;
        insert into deferred (run_at, kind, seq, queue_id, prio)
        select j.run_at, 0, j.seq, q.id, -j.priority from job j join queue q on q.name = j.queue_name
         where j.status = 'queued' and j.run_at > @now and j.waiting_for is distinct from 'dependencies'
        on conflict do nothing;
        insert into ready (queue_id, prio, kind, seq)
        select q.id, -j.priority, 1, i.seq from item i join queue q on q.name = i.queue_name join job j on j.id = i.parent_job_id
         where not exists (select 1 from claim c where c.kind = 1 and c.seq = i.seq)
        on conflict do nothing;
        insert into engine_epoch default values;
        """;

    /// <returns>True: they had been lost.</returns>
    public static async Task<bool> RunIfLostAsync(
        NpgsqlConnection connection, DateTimeOffset now, Func<NpgsqlTransaction, Task> takeTurn)
    {
        if (!await AskAsync(connection, HasSchemaSql) || await AskAsync(connection, IsWholeSql))
            return false;
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await takeTurn(transaction);
        if (await AskAsync(connection, IsWholeSql))
            return false; // Another process was first.
        await RunAsync(connection, transaction, now);
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Whatever hints there are, they are those of the rows from the commit of this transaction on.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, DateTimeOffset now)
    {
        await using NpgsqlCommand rebuild = new(RebuildSql, connection, transaction) { CommandTimeout = 0 };
        rebuild.Parameters.AddWithValue("now", now.UtcDateTime);
        await rebuild.ExecuteNonQueryAsync();
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand ask = new(sql, connection);
        return await ask.ExecuteScalarAsync() is true;
    }
}
