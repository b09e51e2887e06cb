using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary>What <c>penstock queues</c> does to a queue: pause, resume, drain, purge, priority.</summary>
internal static class QueueControlCommands
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    public static IEnumerable<CliCommand> All(CliContext cli) => [Pause(cli), Resume(cli), Drain(cli), Purge(cli), Priority(cli)];

    public static Argument<string> QueueArgument() => new("QUEUE") { Description = "Name of the queue." };

    private static Option<string?> ReasonOption() => new("--reason") { Description = "Why; shown to everyone who wonders.", HelpName = "TEXT" };

    private static CliCommand Pause(CliContext cli)
    {
        Argument<string> name = QueueArgument();
        Option<string?> reason = ReasonOption();
        return new CliCommand("pause", "Let nothing more of a queue start; what runs goes on.",
                "penstock queues pause protea.jobs --reason \"disk is being replaced\"")
        {
            Remarks = "The queue stays paused, through restarts too, until 'penstock queues resume'. Jobs can still be enqueued.",
        }
            .With(name, reason)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                QueueView queue = await connection.Client.PauseQueueAsync(run.Required(name), run.Value(reason), cancellationToken);
                run.Terminal.Result(queue, () => run.Terminal.Line(
                    $"[green]✓[/] {Markup.Escape(queue.Name)} is paused{(queue.Running > 0 ? $"; {Words.Plural(queue.Running, "unit")} still run" : "")}"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Resume(CliContext cli)
    {
        Argument<string> name = QueueArgument();
        return new CliCommand("resume", "Let a paused queue go on.", "penstock queues resume protea.jobs")
            .With(name)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                QueueView queue = await connection.Client.ResumeQueueAsync(run.Required(name), cancellationToken);
                run.Terminal.Result(queue, () => run.Terminal.Line($"[green]✓[/] {Markup.Escape(queue.Name)} is open; {Words.Count(queue.Ready)} ready"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Drain(CliContext cli)
    {
        Argument<string> name = QueueArgument();
        Option<string?> reason = ReasonOption();
        Option<bool> wait = new("--wait") { Description = "Show what still runs until nothing does." };
        return new CliCommand("drain", "Pause a queue, and with --wait end when nothing of it runs any more.",
                "penstock queues drain protea.embeddings --wait")
        {
            Remarks = "Nothing is lost or interrupted: what runs finishes, what waits stays. 'penstock queues resume' lets it go on. "
                + "A coordinator that waits for its batch runs nothing itself; its items wait in their own queues.",
        }
            .With(name, reason, wait)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                QueueView queue = await connection.Client.PauseQueueAsync(run.Required(name), run.Value(reason) ?? "draining", cancellationToken);
                long told = -1;
                while (run.Value(wait) && queue.Running > 0)
                {
                    if (queue.Running != told)
                        await TellAsync(run, connection, queue, cancellationToken);
                    told = queue.Running;
                    await Task.Delay(LookEvery, run.Time, cancellationToken);
                    queue = await connection.Client.QueueAsync(queue.Name, cancellationToken);
                    if (!queue.Paused)
                        throw new UsageException($"{queue.Name} was resumed meanwhile, so it does not drain.");
                }
                run.Terminal.Result(queue, () => run.Terminal.Line(queue.Running == 0
                    ? $"[green]✓[/] {Markup.Escape(queue.Name)} has drained; {Words.Count(queue.Ready + queue.Deferred + queue.Parked)} wait"
                    : $"{Markup.Escape(queue.Name)} drains; {Words.Plural(queue.Running, "unit")} still run"));
                return ExitCodes.Ok;
            });
    }

    private static async Task TellAsync(CommandRun run, ServerConnection connection, QueueView queue, CancellationToken cancellationToken)
    {
        JobQuery query = new() { Status = "running", QueueName = queue.Name, IncludeChildren = true, Limit = 20 };
        IReadOnlyList<JobView> jobs = await connection.Client.JobsAsync(query, cancellationToken);
        string names = string.Join(", ", jobs.Where(job => job.WaitingFor is null).Take(5).Select(job => $"{job.Operation} {Watching.JobIds.Short(job.Id)}"));
        run.Terminal.Note($"{Words.Plural(queue.Running, "unit")} still run{(names.Length > 0 ? ": " + names : " (items of batches)")}");
    }

    private static CliCommand Purge(CliContext cli)
    {
        Argument<string> name = QueueArgument();
        Option<bool> dryRun = new("--dry-run") { Description = "Only say how many jobs there are." };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        return new CliCommand("purge", "Cancel every queued job of a queue.",
                "penstock queues purge protea.jobs --dry-run", "penstock queues purge protea.jobs --yes")
        {
            Remarks = "What runs goes on. Items of batches stay: they belong to a running job; cancel that job to drop them. "
                + "Each cancelled job keeps its history, with who purged the queue.",
        }
            .With(name, dryRun, yes)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                string queue = run.Required(name);
                PurgeReply reply = await connection.Client.PurgeQueueAsync(queue, dryRun: true, cancellationToken);
                if (!run.Value(dryRun) && reply.Jobs > 0)
                {
                    if (!run.Terminal.Confirm($"Cancel {Words.Plural(reply.Jobs, "queued job")} of {queue}?", run.Value(yes)))
                        return ExitCodes.Refused;
                    reply = await connection.Client.PurgeQueueAsync(queue, dryRun: false, cancellationToken);
                }
                run.Terminal.Result(reply, () =>
                {
                    run.Terminal.Line(reply.DryRun
                        ? $"{Words.Plural(reply.Jobs, "queued job")} in {Markup.Escape(queue)}"
                        : $"[green]✓[/] cancelled {Words.Plural(reply.Jobs, "queued job")} of {Markup.Escape(queue)}");
                    if (reply.ItemsLeft > 0)
                        run.Terminal.Note($"  {Words.Plural(reply.ItemsLeft, "item")} of batches stay; cancel their jobs to drop them");
                    if (reply.Running > 0)
                        run.Terminal.Note($"  {Words.Plural(reply.Running, "unit")} run and go on");
                });
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Priority(CliContext cli)
    {
        Argument<string> name = QueueArgument();
        Argument<int> priority = new("PRIORITY") { Description = "-1000 to 1000; higher runs first." };
        Option<string?> operation = new("--operation") { Description = "Only jobs of this operation.", HelpName = "NAME" };
        return new CliCommand("priority", "Give every queued job of a queue another priority.",
                "penstock queues priority protea.jobs 10 --operation insert_proteins", "penstock queues priority protea.jobs -- -5")
            .With(name, priority, operation)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                PriorityReply reply = await connection.Client.PrioritiseQueueAsync(
                    run.Required(name), run.Required(priority), run.Value(operation), cancellationToken);
                run.Terminal.Result(reply, () => run.Terminal.Line(
                    $"[green]✓[/] {Words.Plural(reply.Jobs, "queued job")} of {Markup.Escape(reply.Name)} now have priority {reply.Priority}"));
                return ExitCodes.Ok;
            });
    }
}
