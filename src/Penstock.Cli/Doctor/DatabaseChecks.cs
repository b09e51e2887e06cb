using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Cli.Commands;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;
using Penstock.Sql;

namespace Penstock.Cli.Doctor;

/// <summary>The database file: readable, whole, of this program's schema, and not from the future.</summary>
internal sealed class DatabaseChecks(CommandRun run, Workspace workspace)
{
    private const string QuickCheckSql = "pragma quick_check(5)";
    private const string NewestEventSql = "select max(ts) from job_event";

    /// <summary>Steps of the clock below this happen with every correction.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(workspace.DatabaseFile))
            return [Finding.Ok("database", "none yet; 'penstock up' makes it")];
        try
        {
            await using WebApplication app = DatabaseCommands.Compose(run, workspace);
            SqlDatabase database = app.Services.GetRequiredService<SqlDatabase>();
            Finding integrity = await IntegrityAsync(database, cancellationToken);
            if (integrity.Status == "error")
                return [integrity];
            Finding schema = await SchemaAsync(app, cancellationToken);
            return schema.Status == "ok" ? [integrity, schema, await ClockAsync(database, cancellationToken)] : [integrity, schema];
        }
        catch (System.Data.Common.DbException error)
        {
            return [Finding.Error("database", $"{workspace.DatabaseFile} cannot be opened: {error.Message}", "Move the file aside and restore the newest copy from backups/.")];
        }
    }

    private async Task<Finding> IntegrityAsync(SqlDatabase database, CancellationToken cancellationToken)
    {
        List<string> lines = await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(QuickCheckSql);
                return await statement.QueryAsync(row => row.GetString(0), token);
            },
            cancellationToken);
        return lines is ["ok"]
            ? Finding.Ok("database", $"{workspace.DatabaseFile}, {Words.Bytes(new FileInfo(workspace.DatabaseFile).Length)}, whole")
            : Finding.Error("database", $"{workspace.DatabaseFile} is damaged: {string.Join("; ", lines)}", "Stop the server and restore the newest copy from backups/.");
    }

    private static async Task<Finding> SchemaAsync(WebApplication app, CancellationToken cancellationToken)
    {
        IReadOnlyList<(Migration Migration, DateTimeOffset? AppliedAt)> status =
            await app.Services.GetRequiredService<Migrator>().StatusAsync(cancellationToken);
        List<Migration> pending = [.. status.Where(entry => entry.AppliedAt is null).Select(entry => entry.Migration)];
        return pending.Count == 0
            ? Finding.Ok("schema", $"{Words.Plural(status.Count, "migration")} applied, none pending")
            : Finding.Warning("schema", $"{Words.Plural(pending.Count, "migration")} pending: {string.Join(", ", pending.Select(m => $"{m.Area} {m.Number:0000}"))}", "'penstock up' applies them; to do it now: penstock db migrate");
    }

    /// <summary>An event of the future means that the clock went back; leases and schedules would wait for it.</summary>
    private async Task<Finding> ClockAsync(SqlDatabase database, CancellationToken cancellationToken)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        List<DateTimeOffset?> newest = await database.ReadAsync(
            async (session, token) =>
            {
                using SqlStatement statement = session.Statement(NewestEventSql);
                return await statement.QueryAsync(row => row.InstantOrNull(0), token);
            },
            cancellationToken);
        return newest[0] is { } at && at > now + ClockTolerance
            ? Finding.Error("clock", $"the newest event is of {Words.Instant(at)}, {Words.Of(at - now)} ahead of this machine's clock", "Set the clock right (NTP) before jobs run.")
            : Finding.Ok("clock", $"{Words.Instant(now)}, ahead of every stored event");
    }
}
