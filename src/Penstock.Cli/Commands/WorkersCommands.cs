using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Workers;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock workers</c></summary>
internal static class WorkersCommands
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static Command Create(CliContext cli) =>
        new CliCommand("workers", "Look at the processes that run jobs, and drain them.", "penstock workers list", "penstock workers drain host-1234-5f0c1a2b --wait")
            .With(Drain(cli), new CliCommand("list", "List workers with their slots and last sign of life.", "penstock workers list")
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
                        new Column<WorkerView>("LABELS", worker => string.Join(", ", worker.Labels.Select(label => label.Value.Length > 0 ? $"{label.Key}={label.Value}" : label.Key))) { ShrinksTo = 8, DropOrder = 3 },
                        new Column<WorkerView>("QUEUES", worker => worker.Queues.Count == 0 ? "every" : string.Join(", ", worker.Queues)) { ShrinksTo = 8, DropOrder = 2 }));
                    return ExitCodes.Ok;
                }));

    private static CliCommand Drain(CliContext cli)
    {
        Argument<string> name = new("WORKER") { Description = "Its name as 'penstock workers list' shows it." };
        Option<bool> wait = new("--wait") { Description = "End when the worker has ended." };
        return new CliCommand("drain", "Ask a worker to finish what it has, give back the rest and end.", "penstock workers drain host-1234-5f0c1a2b --wait")
        {
            Remarks = "It hears of it with its next heartbeat, within a third of its lease. A process that only works ends with its worker; "
                + "a server stays, without one, until it is started again.",
        }
            .With(name, wait)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                WorkerView? worker = await connection.Client.DrainWorkerAsync(run.Required(name), cancellationToken);
                int told = -1;
                while (run.Value(wait) && worker is not null)
                {
                    if (worker.Busy != told)
                        run.Terminal.Note($"{Words.Plural(worker.Busy, "unit")} still run in {worker.Id}");
                    told = worker.Busy;
                    await Task.Delay(LookEvery, run.Time, cancellationToken);
                    worker = (await connection.Client.WorkersAsync(cancellationToken)).FirstOrDefault(one => one.Id == run.Required(name));
                }
                run.Terminal.Result(new { worker_id = run.Required(name), ended = worker is null }, () => run.Terminal.Line(worker is null
                    ? $"[green]✓[/] {Spectre.Console.Markup.Escape(run.Required(name))} has ended"
                    : $"[green]✓[/] {Spectre.Console.Markup.Escape(worker.Id)} drains; {Words.Plural(worker.Busy, "unit")} still run"));
                return ExitCodes.Ok;
            });
    }
}
