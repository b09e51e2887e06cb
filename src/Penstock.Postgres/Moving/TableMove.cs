using Npgsql;
using NpgsqlTypes;
using Penstock.Sql;

namespace Penstock.Postgres.Moving;

/// <summary>Brings all rows of an embedded database into an empty one on a server: in one transaction, compared before its commit.</summary>
/// <remarks>
/// The tables are those of the server's catalog, so that a migration which adds one has nothing to do here. Both schemas must have
/// been brought forward by the same program. Nobody may write to the source meanwhile; it is read in one snapshot all the same.
/// </remarks>
public sealed class TableMove(PostgresDatabase target, SqlDatabase source, TimeProvider time)
{
    /// <summary>What belongs to a database or a moment. Hints are made anew; claims are not here: who held them is gone, so recovery frees them.</summary>
    private static readonly string[] NotMoved =
        ["schema_version", "engine_epoch", "queue_tally", "worker", "ready", "deferred", "parked", "unpark"];

    /// <summary>Rows that migrations put into a new database. They are no sign of use, and make room for the source's own.</summary>
    private static readonly Dictionary<string, string> OfMigrations = new(StringComparer.Ordinal)
    {
        ["counter"] = "name = 'fence' and value = 0",
        ["embedding_config"] = "id = '0191f1d0-0000-7000-8000-000000000512'",
    };

    // Between two statements the source may be read for as long as it takes; the engine's connections are ended for that.
    private const string SettingsSql = "set local idle_in_transaction_session_timeout = 0";

    private const string SourceTablesSql = @"select name from sqlite_master where type = 'table' and name not like 'sqlite\_%' escape '\'";

    private const string SourceColumnsSql = "select name from pragma_table_info(@table)";

    // The greatest number ever given, where rows have been deleted since: an event's number is the cursor of everybody who reads along.
    private const string LastGivenSql = "select seq from sqlite_sequence where name = @table";

    private const string NumberOnSql = "select setval(pg_get_serial_sequence(quote_ident($1), $2), $3)";

    /// <summary>Whether rows could be moved here at all; changes nothing. A database without tables passes.</summary>
    /// <exception cref="MoveTargetNotEmptyException"/>
    public async Task CheckEmptyAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await target.OpenAsync(cancellationToken);
        await source.ReadAsync(
            async (session, token) =>
            {
                await RefuseRowsAsync(connection, await MovedAsync(session, connection, token), token);
                return true;
            },
            cancellationToken);
    }

    /// <returns>Every table with its rows; they are committed.</returns>
    /// <exception cref="MoveTargetNotEmptyException"/>
    /// <exception cref="MoveSchemaDiffersException"/>
    /// <exception cref="MoveFailedException"/>
    public async Task<IReadOnlyList<MovedTable>> RunAsync(Action<MoveProgress> tell, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await target.OpenAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await WriteTurn.TakeAsync(connection, transaction); // Whoever starts an engine here now waits, and finds it all or nothing.
        await ExecuteAsync(connection, SettingsSql, cancellationToken);
        IReadOnlyList<MovedTable> moved = await source.ReadAsync(
            async (session, token) =>
            {
                await ExecuteAsync(session, "begin", token); // One snapshot for all that is read.
                try
                {
                    return await MoveAsync(session, connection, transaction, tell, token);
                }
                finally
                {
                    await ExecuteAsync(session, "rollback", CancellationToken.None);
                }
            },
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return moved;
    }

    private async Task<IReadOnlyList<MovedTable>> MoveAsync(
        SqlSession session, NpgsqlConnection connection, NpgsqlTransaction transaction, Action<MoveProgress> tell, CancellationToken cancellationToken)
    {
        IReadOnlyList<Table> tables = await MovedAsync(session, connection, cancellationToken);
        await RefuseDifferencesAsync(session, tables, cancellationToken);
        await RefuseRowsAsync(connection, tables, cancellationToken);
        foreach (Table table in tables.Where(t => OfMigrations.ContainsKey(t.Name)))
            await ExecuteAsync(connection, $"delete from {table.Quoted}", cancellationToken);

        long total = 0;
        foreach (Table table in tables)
            total += await CountAsync(session, table, cancellationToken);
        List<TableCopy> copies = [.. tables.Select(table => new TableCopy(table, session, connection))];
        long done = 0;
        foreach (TableCopy copy in copies)
        {
            await WriteAsync(copy, rows => tell(new MoveProgress(MoveStage.Rows, $"writing {copy.Table.Name}", done + rows, total)), cancellationToken);
            done += copy.Sent.Rows;
        }
        done = 0;
        foreach (TableCopy copy in copies)
        {
            await CompareAsync(
                copy, await CountAsync(session, copy.Table, cancellationToken),
                rows => tell(new MoveProgress(MoveStage.Verification, $"comparing {copy.Table.Name}", done + rows, total)), cancellationToken);
            done += copy.Sent.Rows;
            // The first plans are made at once, and autovacuum comes minutes later.
            await ExecuteAsync(connection, $"analyze {copy.Table.Quoted}", cancellationToken);
        }
        // Here and not on the next connection: a process that connected before the commit would never look for them.
        await HintRebuild.RunAsync(connection, transaction, time.GetUtcNow());
        // Last, for numbers do not come back with a rollback.
        foreach (Table table in tables)
            await NumberOnAsync(session, connection, table, cancellationToken);
        return [.. copies.Select(copy => new MovedTable(copy.Table.Name, copy.Sent.Rows))];
    }

    /// <returns>What is in both databases, each table after those it refers to.</returns>
    private static async Task<IReadOnlyList<Table>> MovedAsync(SqlSession session, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        HashSet<string> known = await SourceTablesAsync(session, cancellationToken);
        return [.. (await TableCatalog.ReadAsync(connection, cancellationToken)).Where(t => known.Contains(t.Name) && !NotMoved.Contains(t.Name))];
    }

    private static async Task RefuseDifferencesAsync(SqlSession session, IReadOnlyList<Table> tables, CancellationToken cancellationToken)
    {
        IEnumerable<string> missing = (await SourceTablesAsync(session, cancellationToken)).Except(NotMoved).Except(tables.Select(t => t.Name));
        if (missing.Order(StringComparer.Ordinal).ToList() is { Count: > 0 } lost)
            throw new MoveSchemaDiffersException($"PostgreSQL has no table for what the old database keeps in {string.Join(", ", lost)}. Move with a program that knows them, or drop them there.");
        foreach (Table table in tables)
        {
            using SqlStatement ask = session.Statement(SourceColumnsSql).Bind("table", table.Name);
            List<string> columns = await ask.QueryAsync(row => row.GetString(0), cancellationToken);
            List<string> differing = [.. columns.Except(table.Columns.Select(c => c.Name)), .. table.Columns.Select(c => c.Name).Except(columns)];
            differing.AddRange(table.Columns.Where(c => c.Type == NpgsqlDbType.Unknown).Select(c => $"{c.Name} (its type)"));
            if (differing.Count > 0)
                throw new MoveSchemaDiffersException($"Table {table.Name} differs between the databases in {string.Join(", ", differing)}. Undo what was changed there by hand.");
        }
    }

    private static async Task RefuseRowsAsync(NpgsqlConnection connection, IReadOnlyList<Table> tables, CancellationToken cancellationToken)
    {
        List<(string, long)> used = [];
        foreach (Table table in tables)
        {
            string own = OfMigrations.TryGetValue(table.Name, out string? condition) ? $" where not ({condition})" : "";
            await using NpgsqlCommand count = new($"select count(*) from {table.Quoted}{own}", connection) { CommandTimeout = 0 };
            if (await count.ExecuteScalarAsync(cancellationToken) is long rows and > 0)
                used.Add((table.Name, rows));
        }
        if (used.Count > 0)
            throw new MoveTargetNotEmptyException(used);
    }

    private static async Task WriteAsync(TableCopy copy, Action<long> tell, CancellationToken cancellationToken)
    {
        try
        {
            await copy.WriteAsync(tell, cancellationToken);
        }
        catch (PostgresException refused) when (!PostgresErrors.IsConnection(refused))
        {
            throw new MoveFailedException(copy.Table.Name, $"PostgreSQL refused row {copy.Sent.Rows} or one shortly before ({refused.SqlState}): {refused.MessageText}. {refused.Where}", refused);
        }
        catch (FormatException unreadable)
        {
            throw new MoveFailedException(copy.Table.Name, $"Row {copy.Sent.Rows + 1} has a value that is not what its column says: {unreadable.Message}", unreadable);
        }
    }

    private static async Task CompareAsync(TableCopy copy, long inSource, Action<long> tell, CancellationToken cancellationToken)
    {
        RowDigest received = await copy.ReadBackAsync(tell, cancellationToken);
        if (inSource != copy.Sent.Rows || received.Rows != copy.Sent.Rows)
            throw new MoveFailedException(copy.Table.Name, $"{inSource} rows in the old database, {copy.Sent.Rows} sent, {received.Rows} arrived.");
        if (!received.Equals(copy.Sent))
            throw new MoveFailedException(copy.Table.Name, $"all {received.Rows} rows arrived, but not with the values that were sent (their checksums differ).");
    }

    private static async Task NumberOnAsync(SqlSession session, NpgsqlConnection connection, Table table, CancellationToken cancellationToken)
    {
        if (table.Columns.FirstOrDefault(c => c.IsIdentity) is not { } identity)
            return;
        using SqlStatement greatest = session.Statement($"select max({Table.Quote(identity.Name)}) from {table.Quoted}");
        using SqlStatement given = session.Statement(LastGivenSql).Bind("table", table.Name);
        long last = Math.Max(await greatest.ScalarAsync<long>(cancellationToken), await given.ScalarAsync<long>(cancellationToken));
        if (last < 1)
            return;
        await using NpgsqlCommand number = new(NumberOnSql, connection)
        {
            Parameters = { new() { Value = table.Name }, new() { Value = identity.Name }, new() { Value = last } },
        };
        await number.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<HashSet<string>> SourceTablesAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement ask = session.Statement(SourceTablesSql);
        return [.. await ask.QueryAsync(row => row.GetString(0), cancellationToken)];
    }

    private static async Task<long> CountAsync(SqlSession session, Table table, CancellationToken cancellationToken)
    {
        using SqlStatement count = session.Statement($"select count(*) from {table.Quoted}");
        return await count.ScalarAsync<long>(cancellationToken);
    }

    private static async Task ExecuteAsync(SqlSession session, string sql, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(sql);
        await statement.ExecuteAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
