using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Penstock.Cli.Output;
using Penstock.Server;
using Penstock.Server.Workspaces;
using Penstock.Sql;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock db</c>: the one group besides <c>doctor</c> that opens the database itself, for a server that cannot start.</summary>
internal static class DatabaseCommands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(CliContext cli) =>
        new CliCommand("db", "Look at, bring forward and fill the workspace's database.", "penstock db status").With(Status(cli), Migrate(cli), MoveCommand.Create(cli));

    private static CliCommand Status(CliContext cli) =>
        new CliCommand("status", "List the schema's migrations and which are applied; 1 while some are pending.", "penstock db status")
            .Does(cli, async (run, cancellationToken) =>
            {
                Workspace workspace = run.Workspace();
                if (!run.Configuration(workspace).Settings.Store.IsPostgres && !File.Exists(workspace.DatabaseFile))
                {
                    // Asking would make it.
                    run.Terminal.Result(Array.Empty<object>(), () => run.Terminal.Line("No database yet; 'penstock up' or 'penstock db migrate' makes it."));
                    return ExitCodes.Failed;
                }
                await using WebApplication app = Compose(run, workspace);
                IReadOnlyList<(Migration Migration, DateTimeOffset? AppliedAt)> status =
                    await app.Services.GetRequiredService<Migrator>().StatusAsync(cancellationToken);
                var rows = status.Select(entry => new
                {
                    entry.Migration.Area, entry.Migration.Number, entry.Migration.Name, applied_at = entry.AppliedAt, entry.Migration.Sha256,
                }).ToList();
                run.Terminal.Result(rows, () => run.Terminal.Print(status, "This program has no migrations.",
                    new Column<(Migration Migration, DateTimeOffset? AppliedAt)>("MIGRATION", entry => $"{entry.Migration.Area} {entry.Migration.Number:0000}") { Style = _ => "bold" },
                    new Column<(Migration Migration, DateTimeOffset? AppliedAt)>("NAME", entry => entry.Migration.Name) { ShrinksTo = 16 },
                    new Column<(Migration Migration, DateTimeOffset? AppliedAt)>("APPLIED", entry => entry.AppliedAt is { } at ? Words.Instant(at) : "pending")
                    {
                        Style = entry => entry.AppliedAt is null ? "yellow" : "green",
                    }));
                return status.All(entry => entry.AppliedAt is not null) ? ExitCodes.Ok : ExitCodes.Failed;
            });

    private static CliCommand Migrate(CliContext cli) =>
        new CliCommand("migrate", "Apply pending migrations; 'penstock up' does it by itself.", "penstock db migrate")
            .Does(cli, async (run, cancellationToken) =>
            {
                Workspace workspace = run.Workspace();
                using WorkspaceLock _ = await WorkspaceLock.AcquireAsync(workspace, Patience, run.Time, cancellationToken);
                await using WebApplication app = Compose(run, workspace);
                IReadOnlyList<Migration> applied = await app.Services.GetRequiredService<Migrator>().MigrateAsync(cancellationToken);
                run.Terminal.Result(
                    applied.Select(migration => new { migration.Area, migration.Number, migration.Name }).ToList(),
                    () =>
                    {
                        foreach (Migration migration in applied)
                            run.Terminal.Line($"[green]✓[/] {migration.Area} {migration.Number:0000} {migration.Name}");
                        if (applied.Count == 0)
                            run.Terminal.Line("The schema is up to date.");
                    });
                return ExitCodes.Ok;
            });

    /// <summary>The composition of a server that is never started.</summary>
    public static WebApplication Compose(CommandRun run, Workspace workspace) => PenstockHost.Build(workspace, new HostOptions
    {
        Configuration = run.Configuration(workspace),
        Urls = ["http://127.0.0.1:0"],
        RunWorkers = false,
        Console = false,
        LogToConsole = false,
        Configure = run.Environment.ConfigureHost,
    });
}
