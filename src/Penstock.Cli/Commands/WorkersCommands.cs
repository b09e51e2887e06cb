using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Workers;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock workers</c></summary>
internal static class WorkersCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("workers", "Look at the processes that run jobs.", "penstock workers list")
            .With(new CliCommand("list", "List workers with their slots and last sign of life.", "penstock workers list")
                .Does(cli, async (run, cancellationToken) =>
                {
                    await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                    IReadOnlyList<WorkerView> workers = await connection.Client.WorkersAsync(cancellationToken);
                    DateTimeOffset now = run.Time.GetUtcNow();
                    run.Terminal.Result(workers, () => run.Terminal.Print(workers, "No worker is known. Start one with 'penstock up'.",
                        new Column<WorkerView>("WORKER", worker => worker.Id) { Style = _ => "bold", ShrinksTo = 12 },
                        new Column<WorkerView>("STATE", worker => worker.State)
                        {
                            Style = worker => worker.State switch { "running" => "green", "dead" => "red", _ => "yellow" },
                        },
                        new Column<WorkerView>("BUSY", worker => $"{worker.Busy}/{worker.Slots}") { RightAligned = true },
                        new Column<WorkerView>("UP", worker => Words.Age(worker.StartedAt, now)) { RightAligned = true },
                        new Column<WorkerView>("BEAT", worker => Words.Age(worker.HeartbeatAt, now)) { RightAligned = true },
                        new Column<WorkerView>("KIND", worker => worker.Kind) { DropOrder = 3 },
                        new Column<WorkerView>("HOST", worker => $"{worker.Host}:{worker.ProcessId}") { ShrinksTo = 12, DropOrder = 1 },
                        new Column<WorkerView>("QUEUES", worker => worker.Queues.Count == 0 ? "every" : string.Join(", ", worker.Queues)) { ShrinksTo = 8, DropOrder = 2 }));
                    return ExitCodes.Ok;
                }));
}
