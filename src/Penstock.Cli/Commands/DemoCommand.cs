using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Penstock.Cli.Connection;
using Penstock.Cli.Demo;
using Penstock.Cli.Proteins;
using Penstock.Client;
using Penstock.Client.Proteins;
using Penstock.Proteins.Samples;
using Penstock.Server.Workspaces;
using Spectre.Console;

namespace Penstock.Cli.Commands;

/// <summary><c>penstock demo</c></summary>
internal static class DemoCommand
{
    private const int UsualPort = 8080;

    public static Command Create(CliContext cli) =>
        new CliCommand("demo", "See a whole pipeline run on made-up data, then look around in the console.", "penstock demo proteins").With(Proteins(cli));

    private static CliCommand Proteins(CliContext cli)
    {
        Argument<string?> folder = new("DIR") { Description = "Workspace to use; made if it is none. Default: a new temporary one.", Arity = ArgumentArity.ZeroOrOne };
        Option<int?> port = new("--port") { Description = "Port to listen on, at 127.0.0.1. Default: 8080, or a free one.", HelpName = "N" };
        Option<bool> exit = new("--exit") { Description = "End after the table instead of leaving the console running." };
        Option<bool> execStage = new("--exec-stage") { Description = "Also run a stage that is a program of the system (sh and awk)." };
        Option<bool> pythonWorker = new("--python-worker") { Description = "Also run a stage in a worker written in Python (python3)." };
        return new CliCommand("proteins", "Load, embed, predict and evaluate 336 made-up proteins; about ten seconds.",
                "penstock demo proteins", "penstock demo proteins lab --port 9000", "penstock demo proteins --exit --json", "penstock demo proteins lab --exec-stage --python-worker")
            .With(folder, port, exit, execStage, pythonWorker)
            .Does(cli, async (run, cancellationToken) =>
            {
                Workspace workspace = WorkspaceIn(run.Value(folder) is { } given ? run.FullPath(given) : Directory.CreateTempSubdirectory("penstock-demo-").FullName);
                if (run.Value(execStage))
                    ExecStage.Install(workspace);
                if (run.Value(pythonWorker))
                    PythonStage.Install(workspace);
                Server.HostOptions options = new()
                {
                    Configuration = run.Configuration(workspace),
                    Urls = [$"http://127.0.0.1:{run.Value(port) ?? FreePort()}"],
                    LogToConsole = false,
                    Configure = run.Environment.ConfigureHost,
                };
                run.Terminal.Note($"workspace {workspace.Root}");
                SampleFiles files = SampleDataset.Write(Path.Combine(workspace.Root, "sample"));
                await using HostedServer server = await HostedServer.StartAsync(workspace, options, run.Time, cancellationToken);
                server.Publish(run.Time.GetUtcNow());

                await using ServerConnection connection = new(
                    PenstockClient.Connect(new Uri(server.Urls[0]), LocalToken.Ensure(workspace)), null, run.Environment.Stop);
                await using PythonStage? python = run.Value(pythonWorker)
                    ? PythonStage.Start(workspace, server.Urls[0], LocalToken.Ensure(workspace))
                    : null;
                List<DemoStep> stages = [];
                if (run.Value(execStage))
                    stages.Add(ExecStage.Step(connection.Client, workspace, files));
                EvaluationResult? result = await new ProteinsDemo(run, connection, files)
                {
                    Stages = stages,
                    LateStages = python is null ? [] : [PythonStage.Step(connection.Client, new ProteinsClient(connection.Client))],
                }.RunAsync(cancellationToken);
                if (result is null)
                    return ExitCodes.Failed;
                run.Terminal.Result(new { workspace = workspace.Root, urls = server.Urls, evaluation = result }, () =>
                {
                    run.Terminal.Line();
                    EvaluationTable.Print(run, result);
                });
                if (run.Value(exit))
                    return ExitCodes.Ok;
                if (!run.Json)
                    TellNext(run, workspace, options, server, files);
                await UpCommand.WaitForStopAsync(run, server);
                return ExitCodes.Ok;
            });
    }

    private static Workspace WorkspaceIn(string folder) =>
        File.Exists(Path.Combine(folder, Workspace.ConfigFileName)) ? Workspace.Open(folder) : Workspace.Create(folder, ["proteins"]);

    private static void TellNext(CommandRun run, Workspace workspace, Server.HostOptions options, HostedServer server, SampleFiles files)
    {
        ServerBanner.Print(run, workspace, options, server.Urls);
        run.Terminal.Line($"  [dim]{"try",-11}[/]in another terminal: cd {Markup.Escape(workspace.Root)}");
        foreach (string line in (string[])["penstock status", "penstock jobs list", $"penstock proteins annotate {Path.GetRelativePath(workspace.Root, files.Queries)} --watch"])
            run.Terminal.Line($"  {"",-11}{Markup.Escape(line)}");
        run.Terminal.Line();
    }

    /// <summary>The usual port, so that the address is the one in the documentation; if that is taken, any.</summary>
    private static int FreePort()
    {
        using Socket probe = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, UsualPort));
            return UsualPort;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
