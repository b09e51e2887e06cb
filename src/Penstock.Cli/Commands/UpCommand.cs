using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Penstock.Cli.Connection;
using Penstock.Cli.Output;
using Penstock.Server.Workspaces;
using Penstock.Server.Workspaces.Configuration;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock up</c></summary>
internal static class UpCommand
{
    public static Command Create(CliContext cli)
    {
        Option<string?> urls = new("--urls") { Description = "Addresses to listen on, separated by commas.", HelpName = "URLS" };
        Option<int?> slots = new("--slots") { Description = "Jobs run at once.", HelpName = "N" };
        Option<string?> queues = new("--queues") { Description = "Take jobs from these queues only, separated by commas.", HelpName = "NAMES" };
        Option<bool> noWorkers = new("--no-workers") { Description = "Answer requests, but run no jobs." };
        Option<bool> noConsole = new("--no-console") { Description = "Without the web console." };
        Option<string[]> set = SetOption();
        return new CliCommand("up", "Run the server of the workspace: API, console, workers, reaper; in this process until stopped.",
                "penstock up", "penstock up --urls http://0.0.0.0:9000 --slots 8", "penstock up --no-workers          # only answer",
                "penstock up --set reaper.stall_seconds=3600")
        {
            Remarks = "SIGINT or SIGTERM lets running jobs finish, up to worker.drain_seconds, and ends with 0; a second one releases them at " +
                "once, and they run again later. Settings given here win over the environment and penstock.yaml.",
        }
            .With(urls, slots, queues, noWorkers, noConsole, set)
            .Does(cli, async (run, cancellationToken) =>
            {
                List<ConfigArgument> arguments = ReadSet(run.Value(set));
                if (run.Value(urls) is { } listen)
                    arguments.Add(new ConfigArgument("server.urls", listen, "--urls"));
                if (run.Value(slots) is { } count)
                    arguments.Add(new ConfigArgument("worker.slots", $"{count}", "--slots"));
                if (run.Value(queues) is { } names)
                    arguments.Add(new ConfigArgument("worker.queues", names, "--queues"));

                Workspace workspace = run.Workspace();
                if (ServerRecord.TryRead(workspace) is { } running)
                    throw new WorkspaceInUseException(workspace.Root, $"{running.Pid}");
                Server.HostOptions options = new()
                {
                    Configuration = run.Configuration(workspace, arguments),
                    RunWorkers = !run.Value(noWorkers),
                    Console = !run.Value(noConsole),
                    Configure = run.Environment.ConfigureHost,
                };
                return await RunAsync(run, workspace, options, cancellationToken);
            });
    }

    public static Option<string[]> SetOption() => new("--set")
    {
        Description = "Any setting, as in worker.slots=4; may be repeated.",
        HelpName = "KEY=VALUE",
    };

    public static List<ConfigArgument> ReadSet(string[]? pairs)
    {
        List<ConfigArgument> arguments = [];
        foreach (string pair in pairs ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"--set takes KEY=VALUE, not '{pair}'.");
            arguments.Add(new ConfigArgument(pair[..equals].Trim(), pair[(equals + 1)..], "--set"));
        }
        return arguments;
    }

    private static async Task<int> RunAsync(CommandRun run, Workspace workspace, Server.HostOptions options, CancellationToken cancellationToken)
    {
        await using HostedServer server = await HostedServer.StartAsync(workspace, options, run.Time, cancellationToken);
        DateTimeOffset startedAt = run.Time.GetUtcNow();
        server.Publish(startedAt);
        ServerBanner.Print(run, workspace, options, server.Urls);
        await WaitForStopAsync(run, server);
        return ExitCodes.Ok;
    }

    /// <summary>Until a signal comes, or the host ends itself; then drains.</summary>
    public static async Task WaitForStopAsync(CommandRun run, HostedServer server)
    {
        CancellationToken hostStops = server.App.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using (CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(run.Environment.Stop, hostStops))
            await WhenCancelledAsync(either.Token);
        run.Terminal.Note("stopping: running jobs may finish; interrupt again to release them at once");
        long began = run.Time.GetTimestamp();
        await server.StopAsync(run.Environment.StopNow);
        run.Terminal.Note($"stopped after {Words.Of(run.Time.GetElapsedTime(began))}");
    }

    public static async Task WhenCancelledAsync(CancellationToken token)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = token.Register(() => cancelled.TrySetResult());
        await cancelled.Task;
    }
}
