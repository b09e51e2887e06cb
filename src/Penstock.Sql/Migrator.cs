using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Penstock.Engine;
using Penstock.Engine.Storage;

namespace Penstock.Sql;

/// <summary>Brings the schema forward: numbered files, each once, in one transaction, under the database's write lock.</summary>
public sealed class Migrator(SqlDatabase database, IEnumerable<MigrationSource> sources, TimeProvider time) : ISchema
{
    // SQLite has no type for instants.
    private static readonly SqlVariants CreateVersionTableSql = new(
        Sqlite: """
        create table if not exists schema_version (
            area text not null, number integer not null, name text not null, sha256 text not null, applied_at text not null,
            primary key (area, number))
        """,
        Postgres: """
        create table if not exists schema_version (
            area text not null, number integer not null, name text not null, sha256 text not null, applied_at timestamptz not null,
            primary key (area, number))
        """);

    private static readonly SqlVariants HasVersionTableSql = new(
        Sqlite: "select count(*) from sqlite_master where type = 'table' and name = 'schema_version'",
        Postgres: "select case when to_regclass('schema_version') is null then 0 else 1 end");

    private const string AppliedSql = "select area, number, name, sha256, applied_at from schema_version order by area, number";

    private const string RecordSql = """
        insert into schema_version (area, number, name, sha256, applied_at) values (@area, @number, @name, @sha256, @now)
        """;

    Task ISchema.MigrateAsync(CancellationToken cancellationToken) => MigrateAsync(cancellationToken);

    /// <returns>The migrations applied by this call.</returns>
    /// <exception cref="SchemaChangedException">An applied file differs from the one in this program, or is newer than it.</exception>
    public Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(
            async (session, token) =>
            {
                using (SqlStatement create = session.Statement(CreateVersionTableSql))
                    await create.ExecuteAsync(token);
                IReadOnlyList<Migration> known = Read();
                List<Migration> pending = Pending(known, await AppliedAsync(session, token));
                foreach (Migration migration in pending)
                    await ApplyAsync(session, migration, token);
                return (IReadOnlyList<Migration>)pending;
            },
            cancellationToken,
            forCommands: true);

    /// <summary>Every known migration, and when it was applied; null: pending.</summary>
    public async Task<IReadOnlyList<(Migration Migration, DateTimeOffset? AppliedAt)>> StatusAsync(CancellationToken cancellationToken)
    {
        List<AppliedMigration> applied = await database.ReadAsync(
            async (session, token) => await HasVersionTableAsync(session, token) ? await AppliedAsync(session, token) : [], cancellationToken);
        return Read()
            .Select(m => (m, applied.Find(a => a.Area == m.Area && a.Number == m.Number)?.AppliedAt))
            .ToList();
    }

    /// <summary>How the database stands to this program; changes nothing.</summary>
    /// <exception cref="SchemaChangedException">As of <see cref="MigrateAsync"/>.</exception>
    public async Task<SchemaState> CompareAsync(CancellationToken cancellationToken)
    {
        List<AppliedMigration> applied = await database.ReadAsync(
            async (session, token) => await HasVersionTableAsync(session, token) ? await AppliedAsync(session, token) : [], cancellationToken);
        IReadOnlyList<Migration> known = Read();
        return new SchemaState(
            Pending(known, applied), [.. applied.Select(a => a.Area).Distinct()], [.. applied.Select(a => a.Area).Distinct().Except(known.Select(m => m.Area))]);
    }

    private static List<Migration> Pending(IReadOnlyList<Migration> known, List<AppliedMigration> applied)
    {
        foreach (AppliedMigration done in applied)
        {
            Migration? file = known.FirstOrDefault(m => m.Area == done.Area && m.Number == done.Number);
            // An area this program does not carry (another pipeline's tables) is left alone.
            if (file is null && known.Any(m => m.Area == done.Area))
                throw new SchemaChangedException($"The database has migration {done.Area} {done.Number:0000}, which this program does not know. Use a newer program.");
            if (file is not null && file.Sha256 != done.Sha256)
                throw new SchemaChangedException($"Migration {done.Area} {done.Number:0000} was changed after it was applied. Restore the file; write a new migration instead.");
        }
        return known.Where(m => !applied.Exists(a => a.Area == m.Area && a.Number == m.Number)).ToList();
    }

    private async Task ApplyAsync(SqlSession session, Migration migration, CancellationToken cancellationToken)
    {
        using (System.Data.Common.DbCommand script = session.Connection.CreateCommand())
        {
            script.Transaction = session.Transaction;
            script.CommandText = migration.Sql;
            await script.ExecuteNonQueryAsync(cancellationToken);
        }
        using SqlStatement record = session.Statement(RecordSql)
            .Bind("area", migration.Area).Bind("number", migration.Number).Bind("name", migration.Name)
            .Bind("sha256", migration.Sha256).Bind("now", time.GetUtcNow());
        await record.ExecuteAsync(cancellationToken);
    }

    private static async Task<bool> HasVersionTableAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(HasVersionTableSql);
        return await statement.ScalarAsync<long>(cancellationToken) > 0;
    }

    private static async Task<List<AppliedMigration>> AppliedAsync(SqlSession session, CancellationToken cancellationToken)
    {
        using SqlStatement statement = session.Statement(AppliedSql);
        return await statement.QueryAsync(
            row => new AppliedMigration(row.GetString(0), row.GetInt32(1), row.GetString(3), row.Instant(4)), cancellationToken);
    }

    private IReadOnlyList<Migration> Read()
    {
        List<Migration> found = [];
        foreach (MigrationSource source in sources.OrderBy(s => s.Order))
        {
            foreach (string resource in source.Assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
            {
                // Area.Migrations.0001_name.dialect.sql; by hand, because a program that starts should not load regular expressions for this alone.
                if (resource.Split('.') is not [.., "Migrations", [_, _, _, _, '_', _, ..] file, var dialect, "sql"]
                    || dialect != database.Dialect || !int.TryParse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                    continue;
                using StreamReader reader = new(source.Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
                string sql = reader.ReadToEnd();
                string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
                found.Add(new Migration(source.Area, number, file[5..], sql, sha256));
            }
        }
        return found;
    }

    private sealed record AppliedMigration(string Area, int Number, string Sha256, DateTimeOffset AppliedAt);
}

/// <summary>One numbered file of one area.</summary>
public sealed record Migration(string Area, int Number, string Name, string Sql, string Sha256);

/// <param name="Pending">What this program has and the database has not.</param>
/// <param name="Areas">What the database has tables of.</param>
/// <param name="ForeignAreas">Those of them that this program, as it is composed, knows nothing of.</param>
public sealed record SchemaState(IReadOnlyList<Migration> Pending, IReadOnlyList<string> Areas, IReadOnlyList<string> ForeignAreas);

public sealed class SchemaChangedException(string message) : PenstockException("schema-changed", message)
{
    public override ErrorKind Kind => ErrorKind.Conflict;
}
