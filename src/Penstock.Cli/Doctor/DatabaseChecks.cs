using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Cli.Commands;
using Penstock.Cli.Output;
using Penstock.Engine;
using Penstock.Postgres;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;
using Penstock.Sql;

namespace Penstock.Cli.Doctor;

/// <summary>The database: reachable, whole, of this program's schema, and not from the future.</summary>
internal sealed class DatabaseChecks(CommandRun run, Workspace workspace, EffectiveConfiguration configuration)
{
    private const string QuickCheckSql = "pragma quick_check(5)";
    private const string NewestEventSql = "select max(ts) from job_event";

    /// <summary>Steps of the clock below this happen with every correction.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    /// <summary>Longer than anything of the engine; a backup may take it.</summary>
    private static readonly TimeSpan LongTransaction = TimeSpan.FromMinutes(10);

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        if (configuration.Settings.Store.IsPostgres)
            return await OnPostgresAsync(cancellationToken);
        if (!File.Exists(workspace.DatabaseFile))
            return [Finding.Ok("database", "none yet; 'penstock up' makes it")];
        try
        {
            await using WebApplication app = DatabaseCommands.Compose(run, workspace);
            Finding integrity = await IntegrityAsync(app.Services.GetRequiredService<SqlDatabase>(), cancellationToken);
            return integrity.Status == "error" ? [integrity] : [integrity, .. await OfContentAsync(app, cancellationToken)];
        }
        catch (System.Data.Common.DbException error)
        {
            return [Finding.Error("database", $"{workspace.DatabaseFile} cannot be opened: {error.Message}", "Move the file aside and restore the newest copy from backups/.")];
        }
    }

    private async Task<IReadOnlyList<Finding>> OnPostgresAsync(CancellationToken cancellationToken)
    {
        string origin = configuration.Value("store.url").Origin;
        try
        {
            PostgresFacts facts = await PostgresProbe.AskAsync(configuration.Settings.Store.ToPostgres(workspace), cancellationToken);
            Finding server = Of(facts) with { Origin = origin };
            if (server.Status == "error")
                return [server];
            await using WebApplication app = DatabaseCommands.Compose(run, workspace);
            return [server, ClockOf(facts), CleaningOf(facts), .. await OfContentAsync(app, cancellationToken)];
        }
        catch (PenstockException error)
        {
            return [Finding.Error("database", $"[{error.Code}] {error.Message}", $"It is set by: {origin}. See penstock config show --section store") with { Origin = origin }];
        }
    }

    private static Finding Of(PostgresFacts facts)
    {
        if (facts.Encoding != "UTF8")
            return Finding.Error("database", $"{facts} stores text as {facts.Encoding}", "Make a database that stores UTF-8: createdb -E UTF8 -T template0 NAME");
        if (facts.Schema.Length == 0)
            return Finding.Error("database", $"{facts} has no schema for the tables", "create schema NAME, or see penstock config show store.schema");
        if (facts.IsStandby)
            return Finding.Error("database", $"{facts} is a standby: it takes no writes", "Set store.url to the primary server.");
        string detail = $"{facts}, {Words.Bytes(facts.Bytes)}, {facts.ConnectionsUsed} of {facts.ConnectionsMax} connections in use";
        if (facts.MajorVersion < PostgresProbe.OldestMajorVersion)
            return Finding.Warning("database", detail, $"This program is tested with PostgreSQL {PostgresProbe.OldestMajorVersion} and newer.");
        return facts.MayCreateTables
            ? Finding.Ok("database", detail)
            : Finding.Warning("database", $"{detail}; the user may not make tables in schema {facts.Schema}", $"grant create on schema {facts.Schema} to the user, or let another one run penstock db migrate.");
    }

    private Finding ClockOf(PostgresFacts facts)
    {
        TimeSpan ahead = facts.Now - run.Time.GetUtcNow();
        return ahead.Duration() > ClockTolerance
            ? Finding.Error("server clock", $"the database server's clock is {Words.Of(ahead.Duration())} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this machine's", "Set both right (NTP): each host judges the leases of the others by its own clock.")
            : Finding.Ok("server clock", $"within {ClockTolerance.TotalSeconds:F0} s of this machine's");
    }

    private static Finding CleaningOf(PostgresFacts facts) =>
        facts.OldestTransaction is { } open && facts.Now - open.Since > LongTransaction
            ? Finding.Warning(
                "open transactions", $"{open.Who} has had a transaction open for {Words.Of(facts.Now - open.Since)}",
                "While it is open the server cleans nothing up: tables and indexes grow, and claims get slower. End it, or its process: select pg_terminate_backend(PID);")
            : Finding.Ok("open transactions", $"none is older than {Words.Of(LongTransaction)}");

    /// <summary>Of the tables, on either database.</summary>
    private async Task<IReadOnlyList<Finding>> OfContentAsync(WebApplication app, CancellationToken cancellationToken)
    {
        Finding schema = await SchemaAsync(app, cancellationToken);
        return schema.Status == "ok" ? [schema, await ClockAsync(app.Services.GetRequiredService<SqlDatabase>(), cancellationToken)] : [schema];
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
