using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Queues;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock queues</c></summary>
internal static class QueuesCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("queues", "Look at the queues; pause, drain, purge and reorder them.",
                "penstock queues list", "penstock queues show protea.jobs --json", "penstock queues drain protea.jobs --wait")
            .With([List(cli), Show(cli), .. QueueControlCommands.All(cli)]);

    public static void Print(CommandRun run, IReadOnlyList<QueueView> queues)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        run.Terminal.Print(queues, "No queues.",
            new Column<QueueView>("QUEUE", queue => queue.Name) { Style = _ => "bold", ShrinksTo = 14 },
            new Column<QueueView>("READY", queue => Words.Count(queue.Ready)) { RightAligned = true },
            new Column<QueueView>("RUNNING", queue => Words.Count(queue.Running)) { RightAligned = true, Style = queue => queue.Running > 0 ? "cyan" : null },
            new Column<QueueView>("WAITING", queue => Words.Count(queue.Deferred + queue.Parked)) { RightAligned = true },
            new Column<QueueView>("OLDEST", queue => Words.Age(queue.OldestReadyAt, now)) { RightAligned = true, DropOrder = 2 },
            new Column<QueueView>("DONE", queue => Words.Count(queue.Succeeded)) { RightAligned = true, DropOrder = 3 },
            new Column<QueueView>("FAILED", queue => Words.Count(queue.Failed)) { RightAligned = true, Style = queue => queue.Failed > 0 ? "red" : null },
            new Column<QueueView>("AT ONCE", queue => queue.MaxRunning is { } max ? $"{max}" : "") { RightAligned = true, DropOrder = 4 },
            new Column<QueueView>("WORKERS", queue => queue.Paused ? "paused" : $"{queue.Workers}")
            {
                RightAligned = true,
                DropOrder = 1,
                Style = queue => queue.Paused || (queue.Workers == 0 && queue.Ready > 0) ? "yellow" : null,
            });
    }

    private static CliCommand List(CliContext cli) =>
        new CliCommand("list", "List all queues with what waits and runs in them.", "penstock queues list")
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<QueueView> queues = await connection.Client.QueuesAsync(cancellationToken);
                run.Terminal.Result(queues, () => Print(run, queues));
                return ExitCodes.Ok;
            });

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> name = QueueControlCommands.QueueArgument();
        return new CliCommand("show", "Show one queue.", "penstock queues show protea.jobs")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                QueueView queue = await connection.Client.QueueAsync(run.Required(name), cancellationToken);
                DateTimeOffset now = run.Time.GetUtcNow();
                run.Terminal.Result(queue, () => run.Terminal.PrintFields(
                    ("queue", queue.Name, "bold"),
                    ("state", StateText(queue, now), queue.Paused ? "yellow" : null),
                    ("reason", queue.PauseReason, null),
                    ("ready", Words.Count(queue.Ready), null),
                    ("oldest", Words.Instant(queue.OldestReadyAt, now), null),
                    ("running", Words.Count(queue.Running), null),
                    ("waiting", $"{Words.Count(queue.Deferred)} for their time, {Words.Count(queue.Parked)} for a resource or their key's turn", null),
                    ("items", queue.WaitingItems > 0 ? $"{Words.Count(queue.WaitingItems)} of those that wait are items of batches" : null, null),
                    ("at once", queue.MaxRunning is { } max ? $"{max} over all workers" : "as many as there are slots", null),
                    ("per key", PerKey(queue), null),
                    ("rate", queue.Rate is { } rate ? $"{ResourcesCommands.RateText(rate)}; {rate.Used} used" : null, null),
                    ("on lost", queue.OnLost, null),
                    ("workers", $"{queue.Workers}", queue.Workers == 0 ? "yellow" : null),
                    ("so far", $"{Words.Count(queue.Succeeded)} succeeded, {Words.Count(queue.Failed)} failed, {Words.Count(queue.Cancelled)} cancelled", null)));
                return ExitCodes.Ok;
            });
    }

    private static string StateText(QueueView queue, DateTimeOffset now) => queue.PausedAt is { } at
        ? $"{queue.State} since {Words.Instant(at, now)}{(queue.PausedBy is null ? "" : $" by {queue.PausedBy}")}"
        : queue.State;

    private static string? PerKey(QueueView queue) => (queue.MaxRunningPerKey, queue.RatePerKey) switch
    {
        (null, null) => null,
        ({ } max, null) => $"{max} at once",
        (null, { } rate) => ResourcesCommands.RateText(rate),
        ({ } max, { } rate) => $"{max} at once, {ResourcesCommands.RateText(rate)}",
    };
}
