using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Cli.Watching;
using Penstock.Client.Jobs;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock jobs tree</c> and <c>penstock jobs unblock</c></summary>
internal static class JobFlowCommands
{
    public static CliCommand Tree(CliContext cli)
    {
        Argument<string> job = JobsCommands.JobArgument();
        return new CliCommand("tree", "Show a job with its children and the jobs that depend on it.", "penstock jobs tree last")
            .With(job)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                JobTreeView tree = await connection.Client.JobTreeAsync(id, cancellationToken);
                run.Terminal.Result(tree, () => Print(run, tree));
                return ExitCodes.Ok;
            });
    }

    public static CliCommand Unblock(CliContext cli)
    {
        Argument<string> job = JobsCommands.JobArgument();
        return new CliCommand("unblock", "Let a blocked job run without what it still depends on.", "penstock jobs unblock last")
            .With(job)
            .Does(cli, async (run, cancellationToken) =>
            {
                await using ServerConnection connection = await run.ConnectAsync(cancellationToken);
                Guid id = await JobIds.ResolveAsync(connection.Client, run.Required(job), cancellationToken);
                JobView unblocked = await connection.Client.UnblockJobAsync(id, cancellationToken);
                run.Terminal.Result(unblocked, () => run.Terminal.Line($"[green]✓[/] {unblocked.Id} waits for nothing any more; it is {unblocked.Status}"));
                return ExitCodes.Ok;
            });
    }

    private static void Print(CommandRun run, JobTreeView tree)
    {
        Dictionary<Guid, JobView> jobs = tree.Jobs.ToDictionary(j => j.Id);
        ILookup<Guid, JobTreeEdge> below = tree.Edges.Where(e => jobs.ContainsKey(e.To)).ToLookup(e => e.From);
        // A job that joins several others stands below each, but is unfolded once.
        HashSet<Guid> unfolded = [];
        Stack<(JobTreeEdge Edge, int Depth)> open = new([(new JobTreeEdge(tree.Jobs[0].Id, tree.Jobs[0].Id, ""), 0)]);
        while (open.TryPop(out (JobTreeEdge Edge, int Depth) next))
        {
            JobView job = jobs[next.Edge.To];
            bool again = !unfolded.Add(job.Id);
            run.Terminal.Line(Line(job, next.Edge.Kind, next.Depth, again));
            foreach (JobTreeEdge edge in below[job.Id].Where(_ => !again).OrderByDescending(e => e.To))
                open.Push((edge, next.Depth + 1));
        }
        if (tree.Truncated)
            run.Terminal.Note("There are more jobs than are shown.");
    }

    private static string Line(JobView job, string kind, int depth, bool again)
    {
        string style = Words.StatusStyle(job.Status) ?? "default";
        string waits = job.WaitingFor is null ? "" : $" ({job.WaitingFor})";
        string role = kind == "dependent" ? "then " : "";
        return $"{new string(' ', 2 * depth)}{role}[bold]{JobIds.Short(job.Id)}[/] {Markup.Escape(job.Operation)} [{style}]{job.Status}{waits}[/]{(again ? " (see above)" : "")}";
    }
}
