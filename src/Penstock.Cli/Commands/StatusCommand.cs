using System.CommandLine;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Client;
using Penstock.Client.DeadLetters;
using Penstock.Client.Health;
using Penstock.Client.Jobs;
using Penstock.Client.Queues;
using Penstock.Client.Workers;
using Penstock.Server.Workspaces;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock status</c></summary>
internal static class StatusCommand
{
    public static Command Create(CliContext cli) =>
        new CliCommand("status", "Show on one screen whether the server runs, what it does and what needs attention.",
                "penstock status", "penstock status --json")
        {
            Remarks = "The exit code is 0 when the server is ready, 1 when it runs but is not ready, 3 when it does not run.",
        }
            .Does(cli, RunAsync);

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        ServerRecord? record = run.RemoteAddress() is null ? ServerRecord.TryRead(run.Workspace()) : null;
        if (run.RemoteAddress() is null && record is null)
        {
            Workspace workspace = run.Workspace();
            run.Terminal.Result(
                new { running = false, workspace = workspace.Root },
                () => run.Terminal.PrintFields(
                    ("server", "not running; start it with 'penstock up'", "yellow"), ("workspace", workspace.Root, null)));
            return ExitCodes.ServerNotReachable;
        }
        await using ServerConnection connection = run.ConnectRunning() ?? throw new InvalidOperationException("The server stopped meanwhile.");
        PenstockClient client = connection.Client;
        ReadinessView readiness = await client.ReadinessAsync(cancellationToken);
        IReadOnlyList<QueueView> queues = await client.QueuesAsync(cancellationToken);
        IReadOnlyList<WorkerView> workers = await client.WorkersAsync(cancellationToken);
        long deadLetters = (await client.CountDeadLettersAsync(new DeadLetterQuery { Status = "pending" }, cancellationToken)).Count;
        IReadOnlyList<JobView> running = await client.JobsAsync(new JobQuery { Status = "running", Limit = 10 }, cancellationToken);

        run.Terminal.Result(
            new
            {
                running = true,
                workspace = record is null ? null : run.Workspace().Root,
                address = client.Http.BaseAddress,
                pid = record?.Pid,
                started_at = record?.StartedAt,
                readiness.Status,
                readiness.Checks,
                queues,
                workers,
                dead_letters = deadLetters,
                running_jobs = running,
            },
            () => Print(run, record, client, readiness, queues, workers, deadLetters, running));
        return readiness.Status == "ready" ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Print(
        CommandRun run, ServerRecord? record, PenstockClient client, ReadinessView readiness, IReadOnlyList<QueueView> queues,
        IReadOnlyList<WorkerView> workers, long deadLetters, IReadOnlyList<JobView> running)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        List<WorkerView> alive = [.. workers.Where(worker => worker.State != "dead")];
        run.Terminal.PrintFields(
            ("server", readiness.Status == "ready" ? "ready" : "not ready", readiness.Status == "ready" ? "green" : "red"),
            ("address", client.Http.BaseAddress?.ToString().TrimEnd('/'), null),
            ("workspace", record is null ? null : run.Workspace().Root, null),
            ("process", record is null ? null : $"{record.Pid}, up {Words.Of(now - record.StartedAt)}", null),
            ("workers", alive.Count == 0 ? "none" : $"{alive.Count}, {alive.Sum(worker => worker.Busy)} of {alive.Sum(worker => worker.Slots)} slots busy", alive.Count == 0 ? "yellow" : null),
            ("jobs", $"{Words.Count(queues.Sum(queue => queue.Running))} running, {Words.Count(queues.Sum(queue => queue.Ready))} ready, {Words.Count(queues.Sum(queue => queue.Deferred))} waiting for their time", null),
            ("dead letters", deadLetters == 0 ? "none" : $"{Words.Count(deadLetters)} pending; see 'penstock dlq list'", deadLetters == 0 ? null : "red"));
        foreach (HealthCheckView check in readiness.Checks.Where(check => !check.Ready))
            run.Terminal.Line($"[red]✗ {Markup.Escape(check.Name)}[/]  {Markup.Escape(check.Detail)}");
        List<QueueView> busy = [.. queues.Where(queue => queue.Running + queue.Ready + queue.Deferred > 0 || queue.Paused)];
        if (busy.Count > 0)
        {
            run.Terminal.Line();
            QueuesCommands.Print(run, busy);
        }
        if (running.Count > 0)
        {
            run.Terminal.Line();
            JobTable.Print(run, running);
        }
    }
}
