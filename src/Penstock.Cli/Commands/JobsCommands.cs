using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Events;
using Penstock.Client.Jobs;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock jobs</c>: everything that looks at jobs or ends them; enqueueing has its own class.</summary>
internal static class JobsCommands
{
    public static Command Create(CliContext cli) =>
        new CliCommand("jobs", "Look at jobs, enqueue, watch, cancel and delete them.",
                "penstock jobs list --status failed", "penstock jobs enqueue ping --watch", "penstock jobs show last")
            .With(List(cli), Show(cli), Events(cli), EnqueueCommand.Create(cli), Watch(cli), Cancel(cli), Redrive(cli), Requeue(cli), Priority(cli), Delete(cli),
                JobFlowCommands.Tree(cli), JobFlowCommands.Unblock(cli));

    public static Argument<string> JobArgument() =>
        new("JOB") { Description = "Id, the end of it as listings show, or 'last'." };

    private static CliCommand List(CliContext cli)
    {
        Option<string?> status = new("--status") { Description = "Only queued, running, succeeded, failed or cancelled ones." };
        status.AcceptOnlyFromAmong("queued", "running", "succeeded", "failed", "cancelled");
        Option<string?> operation = new("--operation") { Description = "Only those of an operation.", HelpName = "NAME" };
        Option<string?> queue = new("--queue") { Description = "Only those of a queue.", HelpName = "NAME" };
        Option<string?> parent = new("--parent") { Description = "Only the children of a job.", HelpName = "JOB" };
        Option<bool> children = new("--children") { Description = "Also jobs that have a parent." };
        Option<int> limit = new("--limit") { Description = "How many, 1 to 500. Default: 20.", HelpName = "N", DefaultValueFactory = _ => 20 };
        return new CliCommand("list", "List jobs, newest first.", "penstock jobs list", "penstock jobs list --status failed --limit 100 --json")
            .With(status, operation, queue, parent, children, limit)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                JobQuery query = new()
                {
                    Status = run.Value(status),
                    Operation = run.Value(operation),
                    QueueName = run.Value(queue),
                    ParentJobId = run.Value(parent) is { } name ? await JobIds.ResolveAsync(connection.Client, name, cancellationToken) : null,
                    IncludeChildren = run.Value(children),
                    Limit = run.Value(limit),
                };
                IReadOnlyList<JobView> jobs = await connection.Client.JobsAsync(query, cancellationToken);
                run.Terminal.Result(jobs, () => JobTable.Print(run, jobs));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Show(CliContext cli)
    {
        Argument<string> job = JobArgument();
        return new CliCommand("show", "Show a job with its payload, progress, result or error.", "penstock jobs show last")
            .With(job)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                JobDetail detail = await connection.Client.JobAsync(id, cancellationToken);
                run.Terminal.Result(detail, () => JobSheet.Print(run, detail));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Events(CliContext cli)
    {
        Argument<string> job = JobArgument();
        Option<int> limit = new("--limit") { Description = "How many of the newest, 1 to 2000. Default: 200.", HelpName = "N", DefaultValueFactory = _ => 200 };
        Option<bool> follow = new("--follow", "-f") { Description = "Go on as new ones come, until interrupted. With --json: one event a line." };
        return new CliCommand("events", "Show the history of a job, oldest first.", "penstock jobs events last", "penstock jobs events last --follow")
            .With(job, limit, follow)
            .Does(cli, async (run, cancellationToken) =>
            {
                bool goOn = run.Value(follow);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                List<EventView> events = [.. (await connection.Client.JobEventsAsync(id, null, run.Value(limit), cancellationToken)).Reverse()];
                if (!goOn)
                {
                    run.Terminal.Result(events, () => events.ForEach(entry => run.Terminal.Line(EventLine.Markup(entry))));
                    return ExitCodes.Ok;
                }
                events.ForEach(entry => Tell(run, entry));
                await foreach (EventView entry in connection.Client.EventsAsync(id, events.Count > 0 ? events[^1].Id : 0, cancellationToken))
                    Tell(run, entry);
                return ExitCodes.Ok;
            });
    }

    private static void Tell(CommandRun run, EventView entry)
    {
        if (run.Json)
            run.Terminal.WriteJsonLine(entry);
        else
            run.Terminal.Line(EventLine.Markup(entry));
    }

    private static CliCommand Watch(CliContext cli)
    {
        Argument<string> job = JobArgument();
        return new CliCommand("watch", "Follow a job to its end; the exit code is that of the job.", "penstock jobs watch last")
            .With(job)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, Workers.Run);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                return await new JobWatcher(connection, run).WatchToExitAsync(id, cancellationToken);
            });
    }

    private static CliCommand Cancel(CliContext cli)
    {
        Argument<string[]> jobs = new("JOB") { Description = "Ids, ends of ids, or 'last'.", Arity = ArgumentArity.OneOrMore };
        Option<string?> reason = new("--reason") { Description = "Kept in the history.", HelpName = "TEXT" };
        return new CliCommand("cancel", "Cancel jobs and their children; a running attempt stops within a second.",
                "penstock jobs cancel last --reason \"wrong file\"")
            .With(jobs, reason)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                List<CancelledJob> cancelled = [];
                foreach (Guid id in await ResolveAllAsync(connection, run.Required(jobs), cancellationToken))
                    cancelled.Add(await connection.Client.CancelJobAsync(id, run.Value(reason), cancellationToken));
                run.Terminal.Result(cancelled, () => cancelled.ForEach(job => run.Terminal.Line(
                    job.Status == "cancelled"
                        ? $"[green]✓[/] cancelled {job.Id}{(job.ChildrenCancelled > 0 ? $" and {Words.Plural(job.ChildrenCancelled, "child", "children")}" : "")}"
                        : $"[yellow]-[/] {job.Id} had {job.Status} before; nothing was changed")));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Redrive(CliContext cli)
    {
        Argument<string> job = JobArgument();
        Option<bool> watch = new("--watch", "-w") { Description = "Follow it to its end." };
        return new CliCommand("redrive", "Send a failed job, or the failed items of its batch, again.", "penstock jobs redrive last --watch")
            .With(job, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                bool goOn = run.Value(watch);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                RedriveReply reply = await connection.Client.RedriveJobAsync(id, cancellationToken);
                if (goOn)
                    return await new JobWatcher(connection, run).WatchToExitAsync(reply.Id, cancellationToken);
                run.Terminal.Result(reply, () => run.Terminal.Line(
                    $"[green]✓[/] sent {Words.Plural(reply.Redriven, "dead letter")} of {reply.Id} again; it is {reply.Status}"));
                return ExitCodes.Ok;
            });
    }

    private static CliCommand Requeue(CliContext cli)
    {
        Argument<string> job = JobArgument();
        Option<bool> watch = new("--watch", "-w") { Description = "Follow it to its end." };
        return new CliCommand("requeue", "Run a job that has ended once more, where its queue allows that.", "penstock jobs requeue last --watch")
            .With(job, watch)
            .Does(cli, async (run, cancellationToken) =>
            {
                bool goOn = run.Value(watch);
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken, goOn ? Workers.Run : Workers.None);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                QueuedJob queued = await connection.Client.RequeueJobAsync(id, cancellationToken);
                return await EnqueueCommand.EnqueuedAsync(run, connection, queued, "requeued:", goOn, cancellationToken);
            });
    }

    private static CliCommand Delete(CliContext cli)
    {
        Argument<string[]> jobs = new("JOB") { Description = "Ids, ends of ids, or 'last'.", Arity = ArgumentArity.OneOrMore };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        return new CliCommand("delete", "Delete jobs that do not run, with their history.", "penstock jobs delete last --yes")
            .With(jobs, yes)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                IReadOnlyList<Guid> ids = await ResolveAllAsync(connection, run.Required(jobs), cancellationToken);
                if (!run.Terminal.Confirm($"Delete {Words.Plural(ids.Count, "job")} with all history?", run.Value(yes)))
                    return ExitCodes.Refused;
                List<DeletedJob> deleted = [];
                foreach (Guid id in ids)
                    deleted.Add(await connection.Client.DeleteJobAsync(id, cancellationToken));
                run.Terminal.Result(deleted, () => deleted.ForEach(job => run.Terminal.Line($"[green]✓[/] deleted {job.Deleted}")));
                return ExitCodes.Ok;
            });
    }

    internal static async Task<IReadOnlyList<Guid>> ResolveAllAsync(
        ServerConnection connection, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        // All before the first change: a mistyped id must not leave half of the work done.
        List<Guid> ids = [];
        foreach (string name in names)
            ids.Add(await JobIds.ResolveAsync(connection.Client, name, cancellationToken));
        return [.. ids.Distinct()];
    }

    private static CliCommand Priority(CliContext cli)
    {
        Argument<string> job = JobArgument();
        Argument<int> priority = new("PRIORITY") { Description = "-1000 to 1000; higher runs first." };
        return new CliCommand("priority", "Give a queued job another priority.", "penstock jobs priority last 100")
            .With(job, priority)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                JobView changed = await connection.Client.PrioritiseJobAsync(id, run.Required(priority), cancellationToken);
                run.Terminal.Result(changed, () => run.Terminal.Line($"[green]✓[/] job [bold]{changed.Id}[/] now has priority {changed.Priority}"));
                return ExitCodes.Ok;
            });
    }
}
