using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Cli.Output;
using Penstock.Server;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock work</c></summary>
internal static class WorkCommand
{
    public static Command Create(CliContext cli)
    {
        Option<int?> slots = new("--slots") { Description = "Jobs run at once.", HelpName = "N" };
        Option<string?> queues = new("--queues") { Description = "Take jobs from these queues only, separated by commas.", HelpName = "NAMES" };
        Option<string[]> set = UpCommand.SetOption();
        return new CliCommand("work", "Run jobs in one more process on the workspace's database, beside its server.",
                "penstock work", "penstock work --slots 8 --queues protea.embeddings,protea.predictions.batch")
        {
            Remarks = "Any number of these work at once, also while no server runs. SIGINT or SIGTERM lets running jobs finish, up to " +
                "worker.drain_seconds, and ends with 0; a second one releases them at once, and they run again later. The log is " +
                "logs/work-N.log, where N is the smallest number no other worker process has.",
        }
            .With(slots, queues, set)
            .Does(cli, async (run, _) =>
            {
                List<ConfigArgument> arguments = UpCommand.ReadSet(run.Value(set));
                if (run.Value(slots) is { } count)
                    arguments.Add(new ConfigArgument("worker.slots", $"{count}", "--slots"));
                if (run.Value(queues) is { } names)
                    arguments.Add(new ConfigArgument("worker.queues", names, "--queues"));
                Workspace workspace = run.Workspace();
                using WorkerSeat seat = WorkerSeat.Take(workspace);
                Server.HostOptions options = new()
                {
                    Configuration = run.Configuration(workspace, arguments),
                    ListensHttp = false,
                    LogName = seat.Name,
                    LogToConsole = false,
                };
                return await RunAsync(run, workspace, seat, options);
            });
    }

    private static async Task<int> RunAsync(CommandRun run, Workspace workspace, WorkerSeat seat, Server.HostOptions options)
    {
        IHost host = WorkerHost.Build(workspace, options);
        await using IAsyncDisposable closing = (IAsyncDisposable)host; // The store ends with its last commit.
        await host.StartAsync(run.Environment.Stop);
        WorkerSettings worker = options.Configuration.Settings.Worker;
        Tell(run, seat, "working", $"{worker.Slots} at once from {(worker.Queues.Count == 0 ? "every queue" : string.Join(", ", worker.Queues))}; log logs/{seat.Name}.log");

        CancellationToken drained = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(run.Environment.Stop, drained))
            await UpCommand.WhenCancelledAsync(either.Token);
        Tell(run, seat, "draining", drained.IsCancellationRequested ? "its worker was drained" : "running jobs may finish; interrupt again to release them at once");
        long began = run.Time.GetTimestamp();
        await host.StopAsync(run.Environment.StopNow);
        Tell(run, seat, "stopped", $"after {Words.Of(run.Time.GetElapsedTime(began))}");
        return ExitCodes.Ok;
    }

    private static void Tell(CommandRun run, WorkerSeat seat, string state, string detail)
    {
        if (run.Json)
            run.Terminal.WriteJsonLine(new { state, worker = seat.Name, pid = Environment.ProcessId, detail });
        else
            run.Terminal.Plain($"{seat.Name} (pid {Environment.ProcessId}) {state}: {detail}");
    }
}
