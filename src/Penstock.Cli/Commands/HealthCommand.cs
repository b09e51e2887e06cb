using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Health;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock health</c></summary>
internal static class HealthCommand
{
    public static Command Create(CliContext cli) =>
        new CliCommand("health", "Ask the running server whether it is ready: 0 yes, 1 no, 3 no server.", "penstock health", "penstock health --url http://10.0.0.5:8080")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection? connection = run.ConnectRunning();
                if (connection is null)
                {
                    run.Terminal.Result(new { status = "not_running" }, () => run.Terminal.Line("[yellow]not running[/]; start it with 'penstock up'"));
                    return ExitCodes.ServerNotReachable;
                }
                await connection.Client.HealthAsync(cancellationToken);
                ReadinessView readiness = await connection.Client.ReadinessAsync(cancellationToken);
                bool ready = readiness.Status == "ready";
                run.Terminal.Result(readiness, () =>
                {
                    run.Terminal.Line(ready ? "[green]ready[/]" : "[red]not ready[/]");
                    foreach (HealthCheckView check in readiness.Checks)
                        run.Terminal.Line($"{(check.Ready ? "[green]✓[/]" : "[red]✗[/]")} {Markup.Escape(check.Name),-10} {Markup.Escape(check.Detail)}");
                });
                return ready ? ExitCodes.Ok : ExitCodes.Failed;
            });
}
